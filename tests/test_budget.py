"""The budget of a search: any query gets a quick, correct answer, and a note if fewer articles were checked."""

from __future__ import annotations

import signal

import pytest
from hypothesis import HealthCheck, given, settings

from search import Library, Query
from search.query import parse_query
from search.query.budget import Budget
from tests.reference import matches
from tests.test_answers import changed, query  # noqa: F401 - a fixture, and a strategy

_hangs = 30  # seconds
_common = "the of to and said for with from that this will was has have had not but are were been".split()


def ask_twice(library: Library, text: str) -> list[tuple[set[str], str | None]]:
    found = []
    for _ in range(2):
        library._searcher._last = None
        results = library.search(Query(text), 0, 1_000)
        found.append(({hit.summary.id for hit in results.hits}, results.note))
    return found


@pytest.mark.parametrize("steps", [0, 40, 400])
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=query)
def test_a_search_with_few_steps_finds_nothing_wrong_and_says_so(changed, steps, text):  # noqa: F811 - the fixture
    library, known = changed
    node = parse_query(text.replace("is:unread", "-nosuchword")).node
    assert node is not None
    right = {document.id for document, cast in known if matches(node, document, cast)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("search.query.evaluate.Budget", lambda parts=1: Budget(parts, steps))
        (found, note), again = ask_twice(library, text)
        library._searcher._last = None
    assert (found, note) == again
    assert found <= right
    assert found == right or "were checked" in (note or "")


def test_the_newest_by_date_are_looked_at_then_the_undated(tmp_path, monkeypatch):
    monkeypatch.setattr("search.query.evaluate.most_read", 3)
    articles = tmp_path / "articles"
    articles.mkdir()
    days = ["2024-05-01", "", "2024-07-01", "2021-01-01", "", "2024-06-01"]
    for number, day in enumerate(days):
        date = f"date: {day}\n" if day else ""
        text = f"---\ntitle: Article {number}\n{date}---\n\nA Rebel came, it was said, number {number}.\n"
        (articles / f"{number}.md").write_text(text)
    with Library(tmp_path / "library", recogniser="rules") as library:
        for _ in library.add([str(articles)]):
            pass
        for text in ('"a Rebel"', "para:(rebel came)", "title:art*"):
            results = library.search(Query(text))
            assert {hit.summary.title for hit in results.hits} == {"Article 0", "Article 2", "Article 5"}
            assert results.note == "only the newest 3 articles that may match were checked"
        monkeypatch.setattr("search.query.evaluate.most_read", 5)
        library._searcher._last = None
        results = library.search(Query('"a Rebel"'))
        assert "Article 1" in {hit.summary.title for hit in results.hits}
        assert "Article 4" not in {hit.summary.title for hit in results.hits}


@pytest.fixture(scope="module")
def tiring(tmp_path_factory: pytest.TempPathFactory):
    """Long articles of few words, so that a phrase may be at every position; and one article of many words."""
    folder = tmp_path_factory.mktemp("tiring")
    articles = folder / "articles"
    articles.mkdir()
    for number in range(40):
        paragraphs = [" ".join([*_common, "The", f"Rebel{number}"] * 20) for _ in range(8)]
        (articles / f"{number}.txt").write_text(f"Article {number}\n\n" + "\n\n".join(paragraphs))
    letters = "abcdefghij"
    words = " ".join(f"{a}{b}{c}{d}" for a in letters for b in letters for c in letters for d in letters)
    (articles / "words.txt").write_text(f"Words\n\n{words}")
    with Library(folder / "library", recogniser="rules") as library:
        for _ in library.add([str(articles)]):
            pass
        yield library


def join(*parts: str, by: str = " OR ") -> str:
    return by.join(parts)


def turn(start: int, length: int) -> str:
    return " ".join(_common[(start + at) % len(_common)] for at in range(length))


_hostile = {
    "long phrases in para:": "para:(" + join(*('"' + turn(at, 12) + f' zzz{at}"' for at in range(60))) + " OR -x)",
    "excluded phrases in para:": "para:(" + " ".join('-"' + turn(at, 3) + ' zzz"' for at in range(60)) + ")",
    "a hundred times para:": " ".join(f"para:({turn(at, 3)})" for at in range(100)),
    "near with many words": '"' + "the of to " * 300 + '"~1000',
    "near with another n": join(*(f'"{turn(at, 20)}"~{10**at}' for at in range(60))),
    "a phrase of one word": '"' + "the " * 990 + '"',
    "a word of stars": "a*" * 2_000,
    "as written": join(*(f'"The {turn(at, 2)}"' for at in range(64))),
    "prefixes": join(*(f"{a}{b}*" for a in "abcdefgh" for b in "abcdefgh")),
    "prefixes in the title": join(*(f"title:{a}{b}*" for a in "abcdefgh" for b in "abcdefgh")),
    "misspelt words": join(*(f"{a}{b}ccddee~" for a in "abcdefgh" for b in "abcdefgh")),
    "unknown words": " ".join(f"{a}{b}xxyyzz" for a in "abcdefgh" for b in "abcdefgh"),
    "an unknown phrase": '"' + " ".join(f"qq{number}xx" for number in range(900)) + '"',
    "terms": " ".join(f"word{number}" for number in range(2_000)),
    "addresses": join(*(f"url:{'x' * 40}{number}" for number in range(64))),
    "a long address": f'url:"{"x" * 9_000}"',
    "a long source": f'source:"{"word " * 1_800}"',
    "a long actor": f'actor:"{"a b " * 2_000}"',
    "actors": join(*(f"actor:a{number}" for number in range(64))),
    "brackets": "(" * 10_000,
    "deep brackets": "-(the OR " * 40 + "of" + ")" * 40,
    "quotation marks": '"' * 10_000,
    "letters": "a" * 10_000,
    "fields": "title:" * 1_600,
    "operators": "NOT AND OR | && ! " * 550,
}


@pytest.mark.parametrize("name", _hostile)
def test_a_hostile_query_is_answered(tiring, name):
    def hang(*_: object) -> None:
        raise AssertionError("the search hangs")

    before = signal.signal(signal.SIGALRM, hang)
    signal.alarm(_hangs)
    try:
        asked = Query(_hostile[name][:10_000], as_you_type=True)
        results = tiring.search(asked)
        assert len(results.note or "") <= 300
        tiring.suggest(asked)
        if results.hits:
            document = tiring.document(results.hits[0].summary.id)
            tiring.matches(asked, document)
            tiring.best_match(asked, document)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("name", _hostile)
def test_a_hostile_query_spends_no_more_than_its_budget(tiring, name, monkeypatch):
    monkeypatch.setattr("search.query.budget.most_steps", 2_000)
    spent: list[int] = []
    spend = Budget.spend

    def note(self: Budget, steps: int) -> None:
        spend(self, steps)
        spent.append(steps)

    monkeypatch.setattr(Budget, "spend", note)
    monkeypatch.setattr(Budget.__init__, "__defaults__", (1, 2_000))
    looked: list[int] = []
    read = type(tiring._searcher._rows).read_texts

    def read_texts(self: object, numbers: object) -> object:
        for row in read(self, numbers):
            looked.append(row[0])
            yield row

    monkeypatch.setattr(type(tiring._searcher._rows), "read_texts", read_texts)
    tiring._searcher._last = None
    tiring.search(Query(_hostile[name][:10_000], as_you_type=True))
    tiring._searcher._last = None
    assert sum(spent) <= 5 * 2_000
    assert len(looked) <= 2_000 // 16 + 64
