"""Every hit really matches, and none is missing: the index and the store against a slow reader of the texts."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search import Library, Query
from search.query import parse_query
from tests.reference import matches

words = (
    "rebel rebels Rebels running ran city City cities Assad assad Assad’s Assad's Damascus damascus Zürich zurich"
    " reading Reading read harbour harbor peace war warring U.N. al-Assad don't Straße İzmir naïve the of quarterly"
    " quarter quarters 2024 x"
).split()
sources = ("Voice of Europe", "Étoile", "Example News")


def build_article(choice: random.Random) -> str:
    """A short article with front matter, of a few words that are often like each other."""
    texts = [" ".join(choice.choices(words, k=choice.randrange(1, 12))) + "." for _ in range(choice.randrange(1, 5))]
    day = f"2024-{choice.randrange(1, 13):02}-{choice.randrange(1, 28):02}"
    title = " ".join(choice.choices(words, k=3))
    head = f"---\ntitle: {title}\nsource: {choice.choice(sources)}\nurl: https://example.org/{choice.randrange(9)}\n"
    return head + (f"date: {day}\n" if choice.random() < 0.8 else "") + "---\n\n" + "\n\n".join(texts) + "\n"


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory):
    """A library whose articles came in many small steps, some of them changed since: many segments, some merged."""
    folder = tmp_path_factory.mktemp("changed")
    choice = random.Random(7)
    with Library(folder / "library", recogniser="rules") as library:
        for step in range(24):
            articles = folder / f"articles{step}"
            articles.mkdir()
            for name in range(1 + step % 4):
                (articles / f"{name}.md").write_text(build_article(choice), "utf-8")
            if step > 4:
                (folder / f"articles{step - 4}" / "0.md").write_text(build_article(choice), "utf-8")
            for _ in library.add([str(folder / f"articles{at}") for at in range(max(0, step - 4), step + 1)]):
                pass
        total = library.search(Query(""), 0, 1).total
        documents = [library.document(hit.summary.id) for hit in library.search(Query(""), 0, total).hits]
        yield library, [(document, library.cast(document.id)) for document in documents]


word = st.sampled_from([*words, "rebbel", "damasc", "dimascas", "quarterli", "nosuch"])
bare = st.one_of(
    word,
    word.map(lambda text: f"{text.split('-')[0][:3]}*"),
    word.map(lambda text: f"{text.split('-')[0].split('.')[0]}~"),
    st.lists(word, min_size=1, max_size=3).map(lambda some: f'"{" ".join(some)}"'),
    st.tuples(word, word, st.integers(1, 6)).map(lambda some: f'"{some[0]} {some[1]}"~{some[2]}'),
    st.sampled_from(["actor:assad", "place:damascus", "person:assad", 'actor:"u.n."']),
)
leaf = st.one_of(
    bare,
    bare.filter(lambda text: ":" not in text).map(lambda text: f"title:{text}"),
    st.sampled_from(["date:2024-03..2024-06", "since:2024-09", "until:2024-02", "source:europe", "source:etoile"]),
    st.sampled_from(["url:example.org/3", "url:ORG", "date:2024", "is:unread"]),
)
query = st.recursive(
    leaf,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda some: f"({' '.join(some)})"),
        st.lists(inner, min_size=2, max_size=3).map(lambda some: f"({' OR '.join(some)})"),
        inner.map(lambda text: f"-({text})"),
        inner.map(lambda text: f"para:({text})"),
    ),
    max_leaves=5,
)


def find(library: Library, text: str) -> set[str]:
    results = library.search(Query(text), 0, 1_000)
    found = {hit.summary.id for hit in results.hits}
    assert len(found) == len(results.hits) == results.total
    return found


@settings(max_examples=600, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=query)
def test_every_hit_matches_and_none_is_missing(changed, text):
    library, known = changed
    node = parse_query(text.replace("is:unread", "-nosuchword")).node
    assert node is not None
    assert find(library, text) == {document.id for document, cast in known if matches(node, document, cast)}


def test_the_articles_came_in_many_segments_some_of_them_merged(changed):
    library, _ = changed
    reader = library._fulltext.reader
    assert 2 < len(reader.segments) < 24
    assert any(segment.deleted for segment in reader.segments)


def test_a_rebuilt_index_gives_the_same_answers_in_the_same_order(changed):
    library, known = changed
    texts = ["rebels", "war OR peace OR city", "assad damascus", '"the of"', "read*", "-war", "sort:old", "zurich~"]

    def ask() -> list[list[tuple[str, float]]]:
        hits = [library.search(Query(text), 0, len(known)).hits for text in texts]
        return [[(hit.summary.id, round(hit.score, 9)) for hit in some] for some in hits]

    before = ask()
    (library.folder / "fulltext" / "state.json").unlink()
    for _ in library.repair():
        pass
    assert len(library._fulltext.reader.segments) == 1
    assert ask() == before


@pytest.mark.parametrize("most_scored", [0, 1_000])
def test_a_page_is_a_part_of_the_whole_order_however_it_is_sorted(changed, monkeypatch, most_scored):
    monkeypatch.setattr("search.query.rank._most_scored", most_scored)
    library, _ = changed
    for text in (
        "war OR peace OR the",
        "rebels OR x OR city",
        "reb*",
        "harbor~",
        "of the",
        "rebels sort:date",
        "rebels sort:old",
        "reading sort:relevance",
        "date:2024",
    ):
        whole = [hit.summary.id for hit in library.search(Query(text), 0, 1_000).hits]
        pages = []
        for at in range(0, len(whole), 7):
            library._searcher._last = None  # what is asked first is put in order as far as it is asked for
            pages += [hit.summary.id for hit in library.search(Query(text), at, 7).hits]
        assert pages == whole


@pytest.mark.parametrize(("order", "is_reverse"), [("date", True), ("old", False)])
def test_results_are_sorted_by_date_the_undated_last(changed, order, is_reverse):
    library, _ = changed
    days = [hit.summary.published for hit in library.search(Query(f"the sort:{order}"), 0, 1_000).hits]
    dated = [day for day in days if day]
    assert dated == sorted(dated, reverse=is_reverse)
    assert None not in days[: len(dated)]
    assert len(days) > len(dated) > 0


def test_an_actor_may_be_renamed_without_another_index(changed):
    library, _ = changed
    before = Path(library.folder / "fulltext" / "state.json").read_bytes()
    actor = library.actors("damascus")[1][0]
    with library._connection:
        library._connection.execute("UPDATE actor_names SET folded = 'aram' WHERE folded = 'damascus'")
    try:
        assert find(library, "place:aram") == find(library, f"place:#{actor.id}") != set()
    finally:
        library._connection.execute("UPDATE actor_names SET folded = 'damascus' WHERE folded = 'aram'")
    assert Path(library.folder / "fulltext" / "state.json").read_bytes() == before


def test_facets_count_what_narrowing_finds(changed):
    library, _ = changed
    fields = {"persons": "person:#{}", "organisations": "org:#{}", "places": "place:#{}", "sources": 'source:"{}"'}
    for text in ("war", "rebels OR city", "date:2024-03..2024-08", ""):
        facets = library.facets(Query(text), 50)
        for kind, term in {**fields, "months": "date:{}"}.items():
            for each in getattr(facets, kind):
                assert len(find(library, f"({text}) {term.format(each.key)}")) == each.count
        assert facets.sources
        assert facets.months == tuple(sorted(facets.months, key=lambda each: each.key))
