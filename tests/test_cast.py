"""Who is meant: the same actor under all its names, and never two people as one."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import Cast, Document, NotFoundError, Paragraph, Query, annotate, annotate_across
from search.cast.gazetteer import read_gazetteer
from search.cast.names import build_key, find_initials, is_acronym
from search.cast.recognise import RecognisedMention
from search.cast.recognisers import build_recogniser
from search.cast.resolve import find_cast, resolve
from search.cast.tokens import tokenise
from search.errors import UnknownRecogniserError
from search.sources import parse_raw, read_file
from search.text import make_safe_line
from tests.conftest import root


def build_document(*paragraphs: str, identifier: str = "d") -> Document:
    texts = tuple(Paragraph(index, text) for index, text in enumerate(paragraphs))
    return Document(identifier, None, None, None, None, None, texts)


def cast_of(*paragraphs: str) -> Cast:
    return find_cast(build_document(*paragraphs), build_recogniser("rules"))


def names(cast: Cast) -> dict[str, set[str]]:
    """Actor → the words used for it."""
    return {actor.name: {mention.text for mention in cast.of_actor(actor.id)} for actor in cast.actors.values()}


def why(cast: Cast, text: str) -> str:
    (reason,) = {mention.link.why for mention in cast.mentions if mention.text == text and mention.link}
    return reason


def test_mentions_point_at_the_text(library):
    for hit in library.search(Query(""), 0, 100).hits:
        document, cast = library.document(hit.summary.id), library.cast(hit.summary.id)
        for mention in cast.mentions:
            assert document.paragraphs[mention.paragraph].text[mention.start : mention.end] == mention.text
        positions = [(mention.paragraph, mention.start, -mention.end) for mention in cast.mentions]
        assert positions == sorted(positions)


def test_names_do_not_overlap(library):
    for hit in library.search(Query(""), 0, 100).hits:
        names = [mention for mention in library.cast(hit.summary.id).mentions if mention.kind == "name"]
        assert all(one.paragraph < two.paragraph or one.end <= two.start for one, two in pairwise(names))


pieces = st.sampled_from(
    "Mr Dr President of for al- al Assad Bashar the The Syrian UK (UN) UNSC Minister and . , ' ’s “ ” - Ⅷ ǅ".split()
)


@given(st.lists(st.lists(pieces, max_size=15).map(" ".join) | st.text(max_size=40), min_size=1, max_size=4))
def test_any_text_has_a_cast_whose_mentions_point_at_it(texts):
    document = build_document(*(make_safe_line(text) for text in texts))
    cast = find_cast(document, build_recogniser("rules"))
    for mention in cast.mentions:
        assert document.paragraphs[mention.paragraph].text[mention.start : mention.end] == mention.text != ""
        assert mention.link
        assert mention.link.actor in cast.actors


def test_the_article_that_started_it_all(shared_folder):
    (path,) = (shared_folder / "seeds").glob("*.txt")
    found = names(find_cast(parse_raw(read_file(str(path))), build_recogniser("rules")))
    assert found["Bashar al-Assad"] == {"Bashar al-Assad", "Bashar al Assad", "al-Assad", "Assad"}
    assert not any("Assad" in name for name in found if name != "Bashar al-Assad")
    assert found["Angela Rayner"] == {"Angela Rayner", "Rayner"}
    assert found["United Nations Security Council"] == {"United Nations Security Council", "UNSC"}
    assert found["United Kingdom"] == {"UK"}
    assert found["Syria"] == {"Syria", "Syrian", "Syrians"}


def test_a_surname_is_the_person_who_has_it():
    cast = cast_of("David Kato, an activist, was killed.", "Mr Kato earned fame. Then Kato's house burned.")
    assert names(cast)["David Kato"] == {"David Kato", "Kato"}


def test_a_title_is_the_reason_and_no_part_of_the_name():
    cast = cast_of("Angela Rayner spoke.", "Later Ms Rayner left.")
    assert why(cast, "Rayner") == "title"


def test_a_surname_that_two_people_have_is_neither():
    cast = cast_of("Sonia Gandhi met Rahul Gandhi in the garden.", "Then Gandhi spoke to the press about Gandhi.")
    assert names(cast)["Sonia Gandhi"] == {"Sonia Gandhi"}
    assert names(cast)["Rahul Gandhi"] == {"Rahul Gandhi"}
    assert names(cast)["Gandhi"] == {"Gandhi"}


def test_a_surname_is_the_one_of_that_name_who_had_been_named_when_it_was_first_used():
    cast = cast_of("Then Rahul Gandhi spoke.", "Mr Gandhi sat down.", "In the garden stood Sonia Gandhi with a book.")
    assert names(cast)["Rahul Gandhi"] == {"Rahul Gandhi", "Gandhi"}
    assert names(cast)["Sonia Gandhi"] == {"Sonia Gandhi"}


def test_a_firm_called_like_its_founder_is_not_the_founder():
    cast = cast_of("The Ford Group grew.", "In June Ford closed a works.", "Then William Clay Ford spoke.")
    assert names(cast)["William Clay Ford"] == {"William Clay Ford"}


@pytest.mark.parametrize(
    ("full", "other"),
    [
        ("Fumio Kishida", "Kishida Fumio"),
        ("William Clay Ford", "William Clay Ford Jr."),
        ("Daniel Hale", "Daniel Hale FRS"),
    ],
)
def test_an_order_of_names_and_an_honour_make_nobody_else(full, other):
    (actor,) = cast_of(f"In the morning {full} spoke.", f"In the evening {other} slept.").actors.values()
    assert actor.mentions == 2


def test_two_people_of_one_first_name_stay_apart():
    found = names(cast_of("We met Mohammed Shia al-Sudani and then saw Mohammed al-Bashir."))
    assert {"Mohammed Shia al-Sudani", "Mohammed al-Bashir"} <= found.keys()


def test_a_longer_name_takes_in_the_shorter_one():
    found = names(cast_of("Prime Minister Mohammad Ghazi al-Jalali stayed.", "Then Mohammed al-Jalali spoke."))
    assert found["Mohammad Ghazi al-Jalali"] == {"Mohammad Ghazi al-Jalali", "Mohammed al-Jalali"}


@pytest.mark.parametrize(
    ("full", "part"),
    [
        ("Syrian Defence Ministry", "Defence Ministry"), ("General Assembly of Churches", "General Assembly"),
        ("Harvard University", "Harvard"),
    ],
)  # fmt: skip
def test_an_organisation_is_called_without_what_says_whose_or_where_it_is(full, part):
    document = build_document(f"{full} met.", f"Then {part} voted.")
    found = [
        RecognisedMention(0, 0, len(full), full, "name", "organisation", (0, len(full))),
        RecognisedMention(1, 5, 5 + len(part), part, "name", "organisation", (5, 5 + len(part))),
    ]
    assert names(resolve(tokenise(document), found)) == {full: {full, part}}


def test_an_acronym_is_what_introduced_it_in_brackets():
    cast = cast_of("The Islamic Revolutionary Guard Corps (IRGC) did not comment.", "The IRGC had been warned.")
    assert names(cast)["Islamic Revolutionary Guard Corps"] == {"Islamic Revolutionary Guard Corps", "IRGC"}
    assert why(cast, "IRGC") == "acronym"


def test_an_acronym_is_the_one_name_with_its_initials():
    assert names(cast_of("The World Health Organization met.", "The WHO sent help."))["World Health Organization"] == {
        "World Health Organization",
        "WHO",
    }


def test_a_country_has_one_actor_under_all_its_names():
    cast = cast_of("Britain waited. The United Kingdom acted, and the UK paid; the British were glad.")
    assert names(cast)["United Kingdom"] == {"Britain", "United Kingdom", "UK", "British"}
    assert why(cast, "British") == "demonym"


@pytest.mark.parametrize("name", ["U.S.", "U.S", "U. S.", "USA", "America"])
def test_a_country_is_known_however_its_letters_are_dotted(name):
    assert read_gazetteer().find(name) == "United States"


def test_two_names_in_one_run_are_two_actors():
    found = names(cast_of("It was British Prime Minister Keir Starmer who called."))
    assert found == {"United Kingdom": {"British"}, "Keir Starmer": {"Keir Starmer"}}


def test_a_sentence_begins_with_a_capital_and_that_is_no_name():
    assert names(cast_of("Residents reported gunfire. However, nobody came. On Sunday it rained in July.")) == {}


def test_across_articles_a_surname_is_the_one_person_who_has_it(build_library):
    library = build_library(a="Only Mr Fidan spoke about it.", b="Hakan Fidan met reporters.", c="Mr Fidan left early.")
    actor = library.actor("hakan-fidan")
    assert (actor.name, actor.documents) == ("Hakan Fidan", 3)
    assert library.actor("Fidan") == actor


def test_across_articles_a_surname_that_two_people_have_is_neither(build_library):
    library = build_library(
        a="Then Mr Makhlouf spoke.", b="Ehab Makhlouf was shot.", c="Eyad Makhlouf was wounded.", d="Mr Makhlouf slept."
    )
    assert library.actor("ehab-makhlouf").documents == 1
    assert library.actor("eyad-makhlouf").documents == 1
    with pytest.raises(NotFoundError, match="several actors are called"):
        library.actor("Makhlouf")


def test_across_articles_a_surname_goes_to_the_one_in_whose_company_the_article_is(build_library):
    texts = {
        "a": "Mr Makhlouf spoke with Vassily Nebenzia about the ships.",
        "b": "Ehab Makhlouf met Vassily Nebenzia in the harbour.",
        "c": "Eyad Makhlouf met Kaja Kallas in the castle.",
    }
    for order in ("abc", "cba"):
        library = build_library(**{f"{position}{name}": texts[name] for position, name in enumerate(order)})
        assert library.actor("ehab-makhlouf").documents == 2
        assert library.actor("eyad-makhlouf").documents == 1


def test_across_articles_an_acronym_is_the_organisation_that_has_it(build_library):
    library = build_library(a="The SDF moved.", b="The Syrian Democratic Forces (SDF) moved.", c="Then the SDF left.")
    assert library.actor("syrian-democratic-forces").documents == 3


def test_the_order_of_adding_does_not_change_who_is_meant(build_library):
    texts = {
        "full": "Bashar al-Assad fled to Moscow.",
        "short": "Nobody knew where Mr Assad was.",
        "other": "Hafez al-Assad ruled for long.",
    }
    groups = []
    for order in (["full", "short", "other"], ["short", "other", "full"], ["other", "full", "short"]):
        library = build_library(**{f"{index}{name}": texts[name] for index, name in enumerate(order)})
        _, actors = library.actors("assad")
        groups.append(sorted((actor.name, actor.documents) for actor in actors))
    assert groups[0] == groups[1] == groups[2] == [("Assad", 1), ("Bashar al-Assad", 1), ("Hafez al-Assad", 1)]


def test_a_walk_meets_every_mention_in_reading_order(library):
    actor = library.actor("bashar-al-assad")
    mentions_in_context = list(library.mentions_in_context(actor.id))
    assert len(mentions_in_context) == actor.mentions
    days = [in_context.document.published for in_context in mentions_in_context]
    assert days == sorted(days)
    for in_context in mentions_in_context:
        assert in_context.sentence[in_context.start : in_context.end] == in_context.mention.text


def test_annotating_keeps_the_order_and_links_within_each_document():
    documents = [build_document("Hakan Fidan spoke.", identifier=name) for name in ("b", "a")]
    annotated = list(annotate(documents))
    assert [document.id for document, _ in annotated] == ["b", "a"]
    actors = [cast.mentions[0].link.actor for _, cast in annotated if cast.mentions[0].link]
    assert len(set(actors)) == 2


def test_annotating_across_links_between_documents():
    documents = [build_document("Hakan Fidan spoke.", identifier="a"), build_document("Mr Fidan left.", identifier="a")]
    actors = [cast.mentions[0].link.actor for _, cast in annotate_across(documents) if cast.mentions[0].link]
    assert actors == ["hakan-fidan", "hakan-fidan"]


def test_an_unknown_recogniser_is_named():
    with pytest.raises(UnknownRecogniserError, match="nosuch"):
        build_recogniser("nosuch")


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Bashar al-Assad", "Bashar al Assad"),
        ("Mohammed al-Bashir", "Muhammad Al-Bashir"),
        ("Assad", "Assad’s"),
        ("The Guardian", "Guardian"),
        ("Volodymyr Zelensky", "Volodymyr Zelenskyy"),
        ("Al-Jalali", "al-Jalali"),
    ],
)
def test_spellings_of_one_name_have_one_key(one, two):
    assert build_key(one) == build_key(two)


def test_initials_and_acronyms():
    assert "hts" in find_initials("Hayat Tahrir al Sham".split())
    assert all(is_acronym(text) for text in ("UN", "U.N.", "UNSC", "CO2"))
    assert not any(is_acronym(text) for text in ("Un", "Syria", "A", "McDonald"))


def test_across_articles_two_names_are_one_organisation_once_an_article_says_so(build_library):
    texts = {
        "a": "In the autumn Human Rights Watch wrote a letter.",
        "b": "In the winter Human Rights Watch International answered.",
        "c": "The people of Human Rights Watch International spoke, and all of Human Rights Watch agreed.",
    }
    for order in ("abc", "cba", "bca"):
        library = build_library(**{f"{position}{name}": texts[name] for position, name in enumerate(order)})
        assert library.actor("Human Rights Watch International").documents == 3
        assert library.actor("Human Rights Watch") == library.actor("Human Rights Watch International")


def test_across_articles_a_word_for_a_kind_of_organisation_is_nobody_in_particular(build_library):
    library = build_library(
        a="The Security Council met. Then the Council voted.", b="In the town the Council raised the rent."
    )
    assert library.actor("security-council").documents == 1


def test_across_articles_what_is_left_out_of_a_name_does_not_join_two_organisations(build_library):
    library = build_library(
        a="In May the Syrian Defence Ministry wrote. Then the Defence Ministry slept.",
        b="In June the Russian Defence Ministry wrote. Then the Defence Ministry slept.",
    )
    ministries = [actor for actor in library.actors("ministry")[1] if actor.type == "organisation"]
    assert [actor.documents for actor in ministries] == [1, 1]


def test_across_articles_an_actor_is_called_what_most_of_them_call_it(build_library):
    library = build_library(
        a="In May Human Rights Watch International wrote.",
        b="Human Rights Watch International met, and Human Rights Watch agreed. Then Human Rights Watch slept.",
        c="In June Human Rights Watch wrote.",
        d="In July Human Rights Watch wrote.",
        e="In August Human Rights Watch wrote.",
    )
    assert library.actor("Human Rights Watch").name == "Human Rights Watch"


def test_a_possessive_is_no_part_of_a_name():
    document = build_document("Egypt's army moved.", "Then Kaja Kallas's office wrote.")
    found = [
        RecognisedMention(0, 0, 7, "Egypt's", "name", "place", (0, 7)),
        RecognisedMention(1, 5, 18, "Kaja Kallas's", "name", "person", (10, 18)),
    ]
    assert [actor.name for actor in resolve(tokenise(document), found).actors.values()] == ["Egypt", "Kaja Kallas"]


@pytest.mark.parametrize(("person", "word"), [("Muhr Arab", "Arab"), ("Vicki West", "West")])
def test_across_articles_a_word_that_is_hardly_a_surname_is_nobody_s(build_library, person, word):
    library = build_library(
        a=f"Then {person} spoke.", b=f"They watched the {word} film.", c=f"They read the {word} book."
    )
    assert library.actor(person).documents == 1


@pytest.mark.parametrize("module", ["gazetteer", "lexicon", "names", "quotations", "rules"])
def test_a_word_list_names_its_source_or_is_our_own(module):
    source = (root / "search" / "cast" / f"{module}.py").read_text("utf-8")
    assert "our own" in source.lower()
