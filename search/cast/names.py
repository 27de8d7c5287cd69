"""Splits and compares names: titles, particles, surnames, acronyms, keys.

The word lists are our own: no published list is their source.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from search.text import find_word_texts, fold

if TYPE_CHECKING:
    from collections.abc import Sequence

_TITLE_WORDS = (
    "Mr Mrs Ms Miss Mx Dr Prof Professor Sir Dame Lord Lady Baroness Baron Count Sheikh Shaikh Sayyid Imam Ayatollah "
    "Mullah Rabbi Pope Cardinal Archbishop Bishop Father Sister Rev Reverend Pastor Saint King Queen Prince Princess "
    "Emir Sultan Emperor President Vice-President Premier Chancellor Minister Secretary Ambassador Envoy Senator "
    "Congressman Congresswoman Representative Governor Mayor Councillor Judge Justice Attorney "
    "General Lieutenant Colonel Major Captain Sergeant Corporal Brigadier Commander Admiral Marshal Officer "
    "Inspector Superintendent Detective Constable Chief Director Chairman Chairwoman Chairperson Chair Coach Engineer "
    "Eng Gen Lt Col Maj Capt Sgt Brig Adm Sen Rep Gov Hon MP Foreign Prime Deputy Vice Interior Defence Defense "
    "Finance Justice Health Home First Excellency Highness Majesty Honourable Former Acting"
)
titles = frozenset(fold(word) for word in _TITLE_WORDS.split())
"""Folded words before a person's name that are not part of it. Our own list."""

particles = frozenset(
    "al el as ash at an ar ad bin ben ibn bint de del della der den di da do dos du la le van von ter ten".split()
)
"""Small words inside names, left out of tokens where another word remains. Our own list."""

_ARABIC = frozenset({"al", "el", "as", "ash", "at", "an", "ar", "ad"})
"""The forms of the Arabic article."""
_POSSESSIVE = re.compile(r"['’](?:s|S)?$")
_LEGAL_FORMS = frozenset(
    "ag co company corp corporation gmbh inc incorporated limited llc llp ltd nv plc sa spa".split()
)
"""Words at the end of a company's name that are often left out. Our own list."""
kind_words = _LEGAL_FORMS | frozenset(
    "agency airlines airport airways alliance and army assembly association authority bank board brothers bureau "
    "centre center club college commission committee confederation conference congress council court department "
    "federation fc films foundation front fund games group holdings hospital industries institute institution "
    "international league library limited media ministry motor motors movement museum news observatory of office "
    "organisation organization parliament parties party pictures police press school senate services society studios "
    "systems team technologies theatre times tribunal union united university watch".split()
)
"""Words that say what kind of organisation a name belongs to. Our own list."""
left_out_words = _LEGAL_FORMS | frozenset(
    "airlines airways brothers college fc group holdings industries international motor motors party pharmaceuticals "
    "systems technologies university".split()
)
"""Words at the end of an organisation's name that may be left out without meaning another one. Our own list.

"Office" is not among them: an office of an organisation is another actor.
"""
_HONOURS = frozenset("cbe dbe esq frs jr kbe kc mbe md mep mp obe phd qc sr".split())
"""Words after a person's name that are not part of it. Our own list."""
_VARIANTS = {"mohammad": "muhammad", "mohammed": "muhammad", "muhammed": "muhammad", "mohamed": "muhammad",
             "mohamad": "muhammad", "muhamad": "muhammad", "ahmad": "ahmed", "husain": "hussein", "hussain": "hussein",
             "husayn": "hussein", "zelenskyy": "zelensky", "zelenskiy": "zelensky", "yusuf": "youssef"}  # fmt: skip
"""Maps a spelling of a name in Latin letters to the usual one. Our own list."""

peoples = frozenset(
    "aboriginal aboriginals act arab arabs asian asians bill black buddhist buddhists cabinet catholic catholics "
    "christian christians communist communists conservative conservatives democrat democrats east eastern "
    "government gypsy hindi hindu hindus indigenous inuit islam islamic islamist islamists jew jewish jews korean "
    "koreans kurd kurdish kurds latin latino latinos law left liberal liberals maori muslim muslims nation nazi "
    "nazis north northern orthodox protestant protestants republic republican republicans right roma roman shia "
    "shiite sikh sikhs slav slavic slavs socialist socialists south southern state sunni voice west western "
    "westerners white whites zionism zionist zionists".split()
)
"""Words for peoples, faiths, parties and points of the compass, which look like surnames but hardly ever are.

Our own list.
"""
calendar = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december jan feb mar apr jun jul aug sept sep oct nov dec "
    "christmas easter ramadan".split()
)
"""Days, months and feasts, folded: they have a capital but name nobody. Our own list."""


def strip_possessive(name: str) -> str:
    """Return the name without "'s" or an apostrophe at its end."""
    return _POSSESSIVE.sub("", name)


def is_title(word: str) -> bool:
    """Is this a title, like "Mr.", "President" or "Secretary-General"?"""
    return all(fold(part) in titles for part in word.rstrip(".").split("-"))


def build_tokens(words: Sequence[str]) -> tuple[str, ...]:
    """Build the tokens by which a name is compared, from its folded words without a possessive at the end.

    Particles and honours are left out where another word remains; a spelling variant becomes the usual spelling.
    """
    words = [_VARIANTS.get(word, word).removesuffix("'s") for word in words]
    while len(words) > 2 and words[-1] in _HONOURS:
        del words[-1]
    kept = [word for word in words if word not in particles]
    if len(kept) == len(words):
        return tuple(words)
    # "al-Assad" is Assad, but "De La" and "Al" alone stay what they are.
    return tuple(kept) if kept else tuple(words)


def build_key(name: str) -> str:
    """Build the key by which two names are the same: "the Ford Motor Company" and "Ford Motor" have one."""
    return build_key_of_tokens(build_tokens([fold(word) for word in find_word_texts(strip_possessive(name))]))


def build_key_of_tokens(name: Sequence[str]) -> str:
    """Build the same key from the tokens of a name."""
    tokens = list(name)
    if len(tokens) > 1 and tokens[0] == "the":
        del tokens[0]
    while len(tokens) > 1 and tokens[-1] in _LEGAL_FORMS:
        del tokens[-1]
    return " ".join(tokens)


def is_general(key: str) -> bool:
    """Does this key say no more than a kind of organisation, as "council" does?"""
    return kind_words.issuperset(key.split())


def is_acronym(name: str) -> bool:
    """Is this a short name in capitals, like "HTS" or "U.N."?"""
    letters = name.replace(".", "").replace("-", "")
    capitals = sum(character.isupper() for character in letters)
    return 2 <= len(letters) <= 8 and letters.isalnum() and capitals >= 2 and capitals >= len(letters) - 1


def find_initials(words: Sequence[str]) -> set[str]:
    """Return the acronyms, folded, that a name with these words may have.

    They are the initials of all words, of the capitalised words, and of the capitalised words without articles.
    """
    capitalised = [word for word in words if word[0].isupper()]
    without_article = [word for word in capitalised if fold(word) not in _ARABIC and fold(word) != "the"]
    choices = (words, capitalised, without_article)
    return {"".join(fold(word[0]) for word in choice) for choice in choices if len(choice) > 1}


def fold_acronym(name: str) -> str:
    """Return an acronym as it is compared: folded, without full stops and hyphens."""
    return fold(name).replace(".", "").replace("-", "")


def build_slug(name: str) -> str:
    """Build an id that you can type from a name: "bashar-al-assad". At most 60 characters."""
    words = [fold(word).replace("'", "") for word in find_word_texts(name)]
    return "-".join(words)[:60].strip("-") or "actor"
