"""Of near-duplicates one is shown, the others are folded below it, and a search finds all of them."""

from __future__ import annotations

import random
import shutil
import sqlite3
from contextlib import closing
from datetime import date
from itertools import permutations
from typing import TYPE_CHECKING

import pytest

from benchmarks import copies as benchmark
from search import Document, Library, Paragraph, Query
from search.folding import CopyFinder, fold_documents
from search.shingles import are_near_duplicates, build_sketch, find_wording
from search.store import Copies, Documents, begin, open_library_database
from tests.conftest import older_names
from tests.pilot import open_reader
from tests.test_commands import lines, run
from tests.view import Controllers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from search import Results

_syllables = [a + b for a in "bdfgklmnprstv" for b in "aeiou"]


def write_sentences(seed: int, count: int) -> list[str]:
    """Sentences of ten words that no other seed writes."""
    drawn = random.Random(seed)
    return [
        " ".join("".join(drawn.choices(_syllables, k=3)) for _ in range(10)).capitalize() + "." for _ in range(count)
    ]


def build(sentences: Iterable[str], published: date | None = date(2024, 5, 10)) -> Document:
    paragraphs = tuple(Paragraph(index, text) for index, text in enumerate(sentences))
    return Document("", None, None, None, published, None, paragraphs)


class Compared:
    """A store of documents under names, each compared with the others as it comes."""

    def __init__(self) -> None:
        self.connection = open_library_database(":memory:")
        self.documents, self.finder = Documents(self.connection), CopyFinder(self.connection)
        self.numbers: dict[str, int] = {}

    def add(self, **documents: Document) -> None:
        for name, document in documents.items():
            with begin(self.connection):
                self.numbers[name] = self.documents.write(name, name, document).number
                self.finder.add(self.numbers[name], document)

    def forget(self, name: str) -> None:
        with begin(self.connection):
            self.finder.forget(self.numbers[name])
            self.documents.drop(self.numbers.pop(name))

    def read(self) -> dict[str, str]:
        """Which copy is folded below which document."""
        names = {number: name for name, number in self.numbers.items()}
        copies = Copies(self.connection)
        found = {names[number]: copies.read_original(number) for number in names}
        return {name: names[original] for name, original in found.items() if original is not None}


@pytest.fixture
def compared() -> Iterator[Compared]:
    store = Compared()
    yield store
    store.connection.close()


story = write_sentences(1, 20)
other_story = write_sentences(2, 20)


@pytest.mark.parametrize(
    "copy",
    [
        pytest.param(["By our own correspondent in Brussels.", *story], id="with another byline"),
        pytest.param([*story[:9], *story[10:]], id="without a sentence"),
        pytest.param([sentence.upper() for sentence in story], id="in capitals"),
        pytest.param([*story, *write_sentences(3, 3)], id="with a few sentences more"),
        pytest.param(story[:5], id="cut to its beginning"),
        pytest.param([*story[3:8], *write_sentences(3, 1)], id="a piece of it and a sentence of its own"),
        pytest.param([*story, *write_sentences(3, 60)], id="whole in a much longer one"),
    ],
)  # fmt: skip
def test_a_copy_is_found(compared, copy):
    compared.add(other=build(other_story), story=build(story), copy=build(copy))
    (pair,) = compared.read().items()
    assert set(pair) == {"story", "copy"}


@pytest.mark.parametrize(
    "document",
    [
        pytest.param([*story[:5], *write_sentences(3, 5)], id="half quoted"),
        pytest.param([*story[:10], *write_sentences(3, 10)], id="half of it in as long a text"),
        pytest.param([story[0], *write_sentences(3, 15)], id="a sentence quoted"),
        pytest.param(["Photo of the day."], id="a caption"),
    ],
)
def test_an_article_with_enough_of_its_own_is_no_copy(compared, document):
    compared.add(story=build(story), document=build(document), again=build(["Photo of the day."]))
    assert compared.read() == {}


@pytest.mark.parametrize(
    ("days", "is_copy"),
    [((1, 1), True), ((1, 8), True), ((8, 1), True), ((1, 9), False), ((1, None), False), ((None, None), True)],
)
def test_copies_are_seven_days_apart_at_most_and_undated_ones_are_among_themselves(compared, days, is_copy):
    first, second = (date(2024, 5, day) if day else None for day in days)
    compared.add(first=build(story, first), second=build(story, second))
    assert bool(compared.read()) == is_copy


@pytest.mark.parametrize(
    ("day", "number", "is_copy"),
    [(10, "6-5/16", True), (11, "6-5/16", False), (11, "6-1/16", True), (None, "7", False)],
)
def test_a_notice_of_another_day_with_other_numbers_is_no_copy(compared, day, number, is_copy):
    notice, later = ([*story[:5], f"The rate is {rate} per cent."] for rate in ("6-1/16", number))
    days = [date(2024, 5, 10), date(2024, 5, day)] if day else [None, None]
    compared.add(notice=build(notice, days[0]), later=build(later, days[1]))
    assert bool(compared.read()) == is_copy


@pytest.mark.parametrize("order", list(permutations(["short", "full", "late"])))
def test_the_fullest_is_shown_and_among_equals_the_oldest_whichever_came_first(compared, order):
    documents = {
        "full": build(story, date(2024, 5, 9)),
        "late": build([*story[:-1], "Somebody else wrote this last sentence."], date(2024, 5, 10)),
        "short": build(story[:10], date(2024, 5, 8)),
    }
    compared.add(**{name: documents[name] for name in order})
    assert compared.read() == {"short": "full", "late": "full"}


def test_copies_make_no_chain(compared):
    """Each shares nine tenths with the next, and the first nothing with the last."""
    sentences = write_sentences(4, 40)
    windows = {f"at{start}": build(sentences[start : start + 20]) for start in range(0, 21, 2)}
    compared.add(**windows)
    found = compared.read()
    assert found
    for copy, original in found.items():
        assert original not in found
        wordings = (find_wording("\n".join(p.text for p in windows[name].paragraphs)) for name in (copy, original))
        assert are_near_duplicates(*wordings, are_of_one_day=True)
    assert len(windows) - len(found) >= 3


def test_a_changed_article_is_no_copy_of_what_it_was(compared):
    compared.add(story=build(story))
    compared.add(story=build([*story, *write_sentences(3, 1)]))
    assert compared.read() == {}


def test_a_changed_article_joins_and_leaves_its_copies(compared):
    compared.add(story=build(story), copy=build(story), third=build(other_story))
    compared.add(third=build(story))
    assert compared.read() == {"copy": "story", "third": "story"}
    compared.add(story=build(other_story))
    assert compared.read() == {"third": "copy"}


def test_copies_whose_original_is_gone_are_compared_with_each_other(compared):
    compared.add(story=build(story), second=build(story), third=build(story), apart=build(story[:9]))
    compared.forget("story")
    assert compared.read() == {"third": "second", "apart": "second"}


@pytest.mark.parametrize("seed", range(20))
def test_the_order_of_adding_does_not_count_where_dates_differ(seed):
    sentences = write_sentences(5, 60)
    drawn = random.Random(6)
    documents = {
        f"d{index}": build(sentences[start : start + drawn.randint(15, 25)], date(2024, 5, 1 + index))
        for index, start in enumerate(drawn.choices(range(0, 40, 2), k=28))
    }
    names = list(documents)
    random.Random(seed).shuffle(names)
    shown = []
    for order in (list(documents), names):
        store = Compared()
        store.add(**{name: documents[name] for name in order})
        shown.append(documents.keys() - store.read().keys())
        assert store.finder.count_damage() == 0
        store.connection.close()
    assert shown[0] == shown[1]
    assert 1 < len(shown[0]) < len(documents)


def test_to_compare_an_article_costs_as_much_in_a_large_library_as_in_a_small_one(compared):
    """A thousand copies of one story, and a thousand stories with one ending: counted in SQLite's own steps."""
    steps = 0
    ending = write_sentences(7, 2)

    def step() -> None:
        nonlocal steps
        steps += 1

    def count(number: int) -> int:
        before = steps
        compared.connection.set_progress_handler(step, 10)
        compared.add(
            **{
                f"copy{number}": build([f"Copy number {number} of all.", *story]),
                f"story{number}": build([*write_sentences(100 + number, 8), *ending]),
            }
        )
        return steps - before

    counts = [count(number) for number in range(1_000)]
    assert sum(counts[-50:]) < 1.5 * sum(counts[100:150])


def test_the_sketch_of_a_text_is_the_same_everywhere():
    assert build_sketch(" ".join(story), date(2024, 5, 10)).hashes[:3] == build_sketch(
        "\n".join(story).upper(), date(2024, 5, 10)
    ).hashes[:3]  # fmt: skip
    assert build_sketch("one two three four five six seven eight nine ten", None).hashes == (68322742,)


def test_of_a_set_made_of_real_articles_nearly_all_copies_are_found_and_nothing_else(shared_folder, tmp_path):
    """A part of what `make bench-copies` measures."""
    shutil.unpack_archive(shared_folder / "news" / "worldwide-newswire.tar.gz", tmp_path, filter="data")
    articles = dict(list(benchmark.read_news(tmp_path).items())[:240])
    scored = benchmark.score(list(benchmark.build_set(articles)))
    assert scored.wanted.total() >= 375
    assert scored.precision >= 0.99
    assert scored.recall >= 0.98


@pytest.fixture
def library(build_library):
    """Three stories; the first has two copies, one of them without the word that it ends with."""
    dated = "Published: {} May 2024\n\n"
    return build_library(
        story=dated.format(10) + "\n\n".join([*story, "It ended in Aleppo."]),
        copy=dated.format(11) + "\n\n".join(["A correspondent reports.", *story]),
        part=dated.format(12) + "\n\n".join([*story[:10], "It ended in Aleppo."]),
        other=dated.format(13) + "\n\n".join([*other_story, "It ended in Aleppo."]),
        third=dated.format(14) + "\n\n".join(write_sentences(3, 20)),
    )


def list_titles(results: Results) -> list[tuple[str, int]]:
    return [(hit.summary.published.isoformat()[-2:], len(hit.copies)) for hit in results.hits if hit.summary.published]


def test_copies_are_folded_in_the_list_of_all(library):
    results = library.search(Query("", folds=True))
    assert list_titles(results) == [("14", 0), ("13", 0), ("10", 2)]
    assert (results.total, results.folded, results.rows) == (5, 2, 3)


def test_nothing_is_folded_where_nobody_asks_for_it(library):
    results = library.search(Query(""))
    assert (len(results.hits), results.folded) == (5, 0)


@pytest.mark.parametrize("sort", [None, "relevance", "date", "old"])
def test_copies_are_folded_in_answers_in_each_order(library, sort):
    results = library.search(Query("aleppo", folds=True, sort=sort))
    assert sorted(list_titles(results)) == [("10", 1), ("13", 0)]
    assert (results.total, results.rows) == (3, 2)


def test_a_copy_stands_by_itself_where_its_original_does_not_answer(library):
    assert list_titles(library.search(Query("correspondent", folds=True))) == [("11", 0)]


@pytest.mark.parametrize("query", ["", "aleppo", "ended aleppo", "date:2024 sort:date", "-correspondent"])
def test_pages_hold_each_row_once(library, query):
    asked = Query(query, folds=True)
    whole = library.search(asked)
    pages = [library.search(asked, offset, 1).hits for offset in range(whole.rows + 1)]
    assert [hit.summary.id for page in pages for hit in page] == [hit.summary.id for hit in whole.hits]
    assert len(whole.hits) == whole.rows


@pytest.mark.parametrize("query", ["", "aleppo", "date:2024"])
def test_what_is_folded_can_be_listed(library, query):
    asked = Query(query, folds=True)
    for hit in library.search(asked).hits:
        copies = library.copies(asked, hit.summary.id)
        assert sorted(each.summary.id for each in copies) == sorted(hit.copies)
        assert all((each.snippet is None) == (hit.snippet is None) for each in copies)


def test_the_position_of_a_copy_is_that_of_its_original(library):
    asked = Query("", folds=True)
    for row, hit in enumerate(library.search(asked).hits):
        for each in (hit.summary.id, *hit.copies):
            assert library.position(each, folds=True) == row
    everything = [hit.summary.id for hit in library.search(Query("")).hits]
    assert [library.position(each) for each in everything] == list(range(5))


def test_what_is_removed_is_folded_again_when_it_is_brought_back(library):
    asked = Query("", folds=True)
    before = library.search(asked)
    original = next(hit for hit in before.hits if hit.copies)
    library.remove([original.summary.id])
    assert list_titles(library.search(asked)) == [("14", 0), ("13", 0), ("11", 1)]
    assert library.health().problems == ()
    library.undo_remove()
    assert library.search(asked) == before
    assert library.health().problems == ()


def test_a_file_that_changes_is_compared_again(library, tmp_path):
    path = tmp_path / "articles0" / "copy.txt"
    path.write_text("Published: 11 May 2024\n\n" + "\n\n".join(write_sentences(9, 20)))
    for _ in library.add([str(path)]):
        pass
    assert list_titles(library.search(Query("", folds=True))) == [("14", 0), ("13", 0), ("11", 0), ("10", 1)]


def test_the_articles_of_an_older_library_are_compared_in_the_background(library):
    before = library.search(Query("", folds=True))
    library.close()
    with closing(sqlite3.connect(library.folder / "library.db")) as database:
        database.executescript(f"{older_names} PRAGMA user_version = 8")
    with Library(library.folder, recogniser="rules") as opened:
        assert opened.search(Query("", folds=True)).rows == 5
        assert not opened.is_annotated()
        for _ in opened.annotate():
            pass
        assert opened.is_annotated()
        assert opened.search(Query("", folds=True)) == before
        assert opened.health().problems == ()


def test_a_comparison_that_is_broken_off_goes_on_where_it_was(compared):
    stories = {f"story{number}": build(write_sentences(100 + number, 3)) for number in range(100)}
    compared.add(story=build(story), copy=build(story), **stories)
    with begin(compared.connection):
        Copies(compared.connection).forget_all()
    steps = fold_documents(compared.connection)
    assert [next(steps).done for _ in range(2)] == [0, 64]
    assert next(fold_documents(compared.connection)).total == 102 - 64
    for _ in fold_documents(compared.connection):
        pass
    assert compared.read() == {"copy": "story"}
    assert not Copies(compared.connection).has_uncompared()


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE copies SET original = 2 WHERE original IS NOT NULL",
        "UPDATE copies SET original = 99 WHERE original IS NOT NULL",
        "UPDATE copies SET original = NULL",
        "UPDATE sketches SET day = day + 1",
        "UPDATE sketches SET hashes = x'00000000'",
        "UPDATE sketches SET hashes = x'000000'",
        "DELETE FROM sketch_hashes WHERE document = 4",
        "INSERT INTO copies VALUES (99, NULL)",
    ],
)
def test_the_doctor_finds_wrong_copies_and_mends_them(library, damage):
    before = library.search(Query("", folds=True))
    with closing(sqlite3.connect(library.folder / "library.db")) as database:
        database.execute(damage)
        database.commit()
    assert any("copy" in problem for problem in library.health().problems)
    assert any("copy" in done for done in library.mend())
    assert library.health().problems == ()
    assert library.search(Query("", folds=True)) == before


def test_the_command_counts_copies_and_lists_them(library):
    library.close()
    done = run("--library", library.folder, "search", "aleppo", "--sort", "old")
    first, *others = [line for line in done.stdout.splitlines() if "2024-05" in line]
    assert first.endswith("  +1 copy")
    assert len(others) == 1
    assert "3 articles, 1 of them a copy of others: --copies lists them" in done.stderr
    listed = run("--library", library.folder, "search", "aleppo", "--sort", "old", "--copies").stdout
    assert [line for line in listed.splitlines() if line.startswith("    + ")] == [
        line for line in listed.splitlines() if "2024-05-12" in line
    ]


def test_the_json_of_a_hit_names_its_copies(library):
    library.close()
    first, copy, other = lines(
        run("--library", library.folder, "search", "aleppo", "--sort", "old", "--copies", "--json")
    )
    assert first["copies"] == [copy["id"]]
    assert copy["copy_of"] == first["id"]
    assert other["copies"] == []
    assert copy["snippet"]


def test_show_says_of_what_an_article_is_a_copy(library):
    original = next(hit for hit in library.search(Query("", folds=True)).hits if hit.copies)
    copy, first = original.copies[0], original.summary.id
    library.close()
    assert f"a copy of {first}" in run("--library", library.folder, "show", copy).stdout
    assert "a copy of" not in run("--library", library.folder, "show", first).stdout
    assert lines(run("--library", library.folder, "show", copy, "--json"))[0]["copy_of"] == first


@pytest.mark.parametrize("compact", [False, True], ids=["list", "compact"])
async def test_a_key_lists_the_copies_of_an_article_and_one_of_them_opens(library, compact):
    library.close()
    async with open_reader(library.folder, (80, 24) if compact else (140, 40)) as reader:
        await reader.press("G")
        assert "+2 copies" in reader.text
        assert "3 of 3 articles and 2 copies" in reader.status
        await reader.press("plus")
        await reader.wait_for("copies of “")
        await reader.press("j", "enter")
        await reader.wait_for("¶ ")
        assert reader.document.published == date(2024, 5, 11)
        await reader.press("q", "g", "plus")
        assert "no copies are folded below this article" in reader.status


@pytest.mark.parametrize("query", ["", "aleppo"])
async def test_the_row_of_a_copy_is_that_of_its_original(library, query):
    listing = Controllers(library).listing
    listing.take(await listing.search(Query(query), 10))
    for at, hit in enumerate(library.search(Query(query, folds=True)).hits):
        for each in (hit.summary.id, *hit.copies):
            page = await listing.fetch_around(each, at, 0, 2)
            assert (page.position, page.first) == (at, at)
            assert page.rows[0].key == hit.summary.id


async def test_a_copy_that_comes_is_counted_below_its_row_and_moves_nothing(library, tmp_path):
    controllers = Controllers(library)
    await controllers.search.search("")
    controllers.rows.index = 1
    before = controllers.rows.current.key
    path = tmp_path / "late.txt"
    path.write_text("Published: 16 May 2024\n\n" + "\n\n".join([*story, "It ended elsewhere."]))
    for _ in library.add([str(path)]):
        pass
    await controllers.live_updates.show_growth()
    assert (controllers.rows.count, controllers.listing.folded) == (3, 3)
    assert controllers.rows.current.key == before
