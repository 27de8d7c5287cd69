"""What single words say about whom they mean: pronouns, gendered words, given names, collective nouns.

The word lists are our own: no published list is their source. All words are folded, as by `search.text.fold`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Gender = Literal["", "male", "female", "thing"]
GrammaticalNumber = Literal["", "singular", "plural"]


@dataclass(frozen=True, slots=True)
class Pronoun:
    """What a pronoun says.

    `person` is the grammatical person, 1 to 3, or 4 for a relative and 5 for a demonstrative or indefinite pronoun.
    Number and gender are empty where the pronoun leaves them open.
    """

    person: int
    grammatical_number: GrammaticalNumber
    gender: Gender


def _build_pronouns() -> dict[str, Pronoun]:
    table: tuple[tuple[str, Pronoun], ...] = (
        ("he him his himself", Pronoun(3, "singular", "male")),
        ("she her hers herself", Pronoun(3, "singular", "female")),
        ("it its itself", Pronoun(3, "singular", "thing")),
        ("they them their theirs themselves themself", Pronoun(3, "plural", "")),
        ("i me my mine myself", Pronoun(1, "singular", "")),
        ("we us our ours ourselves", Pronoun(1, "plural", "")),
        ("you your yours yourself yourselves", Pronoun(2, "", "")),
        ("who whom whose which that where", Pronoun(4, "", "")),
        ("this these those here there one another other others some many both all each", Pronoun(5, "", "")),
    )
    return {word: pronoun for words, pronoun in table for word in words.split()}


pronouns = _build_pronouns()
"""Maps each pronoun to what it says. Our own list."""

determiners = {
    word: class_
    for class_, words in enumerate(
        ("the", "a an", "this that these those", "his her their its our my your", "some any many all no every each"), 1
    )
    for word in words.split()
}
"""Maps each determiner to its class: 1 definite, 2 indefinite, 3 demonstrative, 4 possessive, 5 quantifier.

Our own list. The trained ranker knows the classes by these numbers.
"""

_male_words = frozenset(
    "actor boy brother businessman chairman congressman councilman cousin father fisherman gentleman grandfather "
    "grandson guy husband king lord man nephew policeman prince sir son spokesman sportsman statesman uncle widower mr "
    "monk imam pope sheikh sultan duke baron".split()
)
_female_words = frozenset(
    "actress aunt businesswoman chairwoman congresswoman councilwoman daughter girl grandmother granddaughter lady "
    "mother niece nun policewoman princess queen sister spokeswoman sportswoman wife widow woman mrs ms miss madam "
    "duchess baroness dame".split()
)
"""Nouns and titles that tell a gender. Our own lists."""

_male_names = frozenset(
    "aaron abdul abdullah abdel abu adam ahmad ahmed alan albert alejandro aleksandr alex alexander alexei ali amir "
    "andre andrei andrew anthony antonio antony arthur asif bashar ben benjamin bernard bernie bill bob boris brian "
    "bruce carl carlos charles chris christian christopher daniel david dennis dmitry donald douglas ed eduardo edward "
    "elon emmanuel eric erik evo fernando fidel francis francisco francois frank fred gary geoffrey george gerald "
    "gerhard gordon graham greg guillermo hamid hans harold harry hassan henry hosni hugo husayn hussein ian ibrahim "
    "igor imran isaac ismail ivan jack jacob jacques jaime jake james jason javier jean jeff jeremy jerry jesus jim "
    "jimmy joe joel john johnny jon jonathan jorge jose joseph joshua juan justin karl keir keith ken kenneth kevin "
    "khaled khalid kim kofi kyle larry lawrence lee leonard leonid lionel louis luis luke luther maher mahmoud manuel "
    "marco marcus mario mark martin matt matthew mauricio max michael michel miguel mike mikhail mohamed mohammad "
    "mohammed muhammad mustafa narendra nawaz neil nelson nicholas nick nicolas noah norman oleg oliver omar oscar "
    "osama pablo patrick paul pedro pervez pete peter philip philippe pierre rafael rahul raul raymond recep ricardo "
    "richard rick robert roberto rodrigo roger ronald rupert russell ryan saad saddam salman sam samuel santiago scott "
    "sean sebastian sergei sergey shinzo silvio simon stephen steve steven stuart tariq ted terry thomas tim timothy "
    "tom tony vicente victor viktor vincent vladimir volodymyr walter warren wayne william xi yasser yitzhak yoshihiko "
    "yusuf yuri zach".split()
)
_female_names = frozenset(
    "abigail aisha alexandra alice alicia alison amanda amber amelia amina amy ana andrea angela angelina anita ann "
    "anna anne annie asma aung barbara beatrice benazir beth betty brenda bridget camilla carmen carol caroline "
    "catherine cecilia charlotte chelsea christina christine claire claudia condoleezza cristina cynthia deborah debra "
    "diana diane dilma donna dorothy elena eleanor elisabeth elizabeth ella ellen emily emma erica esther eva evelyn "
    "fatima fiona florence frances gabriela gloria grace greta hannah harriet heather helen helena hillary indira "
    "ingrid irene isabel isabella ivanka jacinda jacqueline jane janet jeanne jen jennifer jenny jessica jill joan "
    "joanna josephine joyce judith judy julia julie kamala karen karin kate katherine kathleen kathryn katie kelly "
    "kim kimberly kirsten kristen laura lauren leila linda lisa liz lori louise lucia lucy madeleine malala marcia "
    "margaret margot maria marianne marie marina marine marta martha mary maya megan melania melissa meryl michelle "
    "miriam molly monica nadia nancy naomi natalia natalie natasha nicola nicole nina olga olivia pamela patricia "
    "paula penelope philippa priyanka rachel rania rebecca rita roberta robin rosa rose ruth sabrina samantha sandra "
    "sara sarah serena sharon sheikh sheila shirley silvia simone sofia sonia sophia sophie stephanie sue susan "
    "suzanne sylvia tamara tanya tatiana teresa theresa tina ursula valerie vanessa vera veronica victoria virginia "
    "vivian wendy yulia yvonne zoe".split()
) - {"sheikh", "kim", "robin"}
"""Given names common in the news that mostly tell one gender. Our own lists."""

_collectives = frozenset("people men women children police troops personnel staff media youth folk cattle".split())
"""Plurals without a plural's ending. Our own list."""


def get_name_gender(given: str) -> Gender:
    """Return the gender that people with this folded given name usually have; empty if unknown."""
    if given in _male_names:
        return "male"
    return "female" if given in _female_names else ""


def get_noun_gender(noun: str) -> Gender:
    """Return the gender that a folded noun tells; empty if it tells none."""
    if noun in _male_words:
        return "male"
    return "female" if noun in _female_words else ""


def is_plural(noun: str) -> bool:
    """Is this folded noun a plural? Its ending decides, which is right for nearly all nouns."""
    return noun in _collectives or (noun.endswith("s") and not noun.endswith(("ss", "us", "is")) and len(noun) > 3)


def build_singular(noun: str) -> str:
    """Build the singular by which folded nouns are compared."""
    if not is_plural(noun) or noun in _collectives:
        return noun
    if noun.endswith("ies") and len(noun) > 4:
        return noun[:-3] + "y"
    return noun.removesuffix("s")


_general: tuple[tuple[str, str], ...] = (
    ("country", "country nation state republic kingdom homeland"),
    ("place", "city town village area region island capital province district territory neighbourhood neighborhood"),
    (
        "organisation",
        (
            "company group organisation organization agency party firm team government ministry bank corporation"
            " body movement militia force army club newspaper network university association union airline band council"
            " court"
        ),
    ),
    (
        "person",
        (
            "president minister leader man woman chief director chairman official ruler prime dictator premier"
            " chancellor king queen politician senator governor mayor head secretary spokesman spokeswoman author"
            " singer actor player"
        ),
    ),
)
general_nouns = {noun: kind for kind, words in _general for noun in words.split()}
"""Nouns that often stand for a name mentioned before, as "the country" or "the leader". Our own list."""

speaking = frozenset(
    "said says say told tells added adds stated states explained explains asked asks replied replies announced "
    "claimed claims argued argues insisted warned warns noted notes wrote writes declared commented continued admitted "
    "recalled tweeted responded remarked observed suggested concluded confirmed denied predicted acknowledged".split()
)
"""Verbs whose subject is the speaker of the quotation beside them. Our own list."""
