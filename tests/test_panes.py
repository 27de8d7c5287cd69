"""How the terminal is divided: the text comes first, widths are kept, and another size changes no row."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import Library, Marks
from tests.pilot import Reader, open_reader, wait_for
from tests.terminal import Terminal, newscast
from tui.panes import fit_panes
from tui.settings import Settings
from tui.widgets import Article, CastPanel, ReadingPane, RowList

two_or_three = [(100, 30), (120, 40), (129, 40), (130, 40), (140, 45), (160, 50), (200, 60)]
widths = st.dictionaries(st.sampled_from(["results", "text", "cast"]), st.integers(1, 400))


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of more articles than any screen shows."""
    folder = tmp_path_factory.mktemp("many")
    (folder / "articles").mkdir()
    for number in range(150):
        text = f"Article {number:03}\n\nThe text of number {number:03}, by Hakan Fidan.\n\nIt ends with {number:03}.\n"
        (folder / "articles" / f"{number:03}.txt").write_text(text)
    with Library(folder / "library", recogniser="rules") as library:
        for _ in library.add([str(folder / "articles")]):
            pass
    return folder / "library"


@pytest.fixture
def lines_of_short_words(build_library: Callable[..., Library]) -> Path:
    """An article whose lines are as long as the pane lets them be."""
    library = build_library(a="A headline\n\n" + "x " * 600 + "and so it ends.\n\nHakan Fidan spoke of something else.")
    library.close()
    return library.folder


def longest_line(reader: Reader) -> int:
    return max(len(run) for run in re.findall(r"(?:x ){5,}x", reader.text))


def shown(reader: Reader) -> set[str]:
    """The panes that are in sight."""
    panes = {"list": reader.app.screen.query_one("#results"), "article": reader.app.screen.query_one(Article)}
    panes["cast"] = reader.app.screen.query_one(CastPanel)
    found = set()
    for name, pane in panes.items():
        widget, _ = reader.app.screen.get_widget_at(*pane.region.offset) if pane.display else (None, None)
        found |= {name} if widget is pane else set()
    return found


@pytest.mark.parametrize("size", [(80, 24), *two_or_three])
async def test_the_text_has_60_to_84_columns_wherever_the_terminal_has_them(lines_of_short_words, size):
    async with open_reader(lines_of_short_words, size) as reader:
        await reader.press("enter")
        await reader.wait_for("¶ 1 of")
        assert 59 <= longest_line(reader) <= 84
        if size[0] >= 130:
            await reader.press("q", "f")
            await reader.wait_for("persons")
            assert 59 <= longest_line(reader) <= 84


@pytest.mark.parametrize("size", two_or_three)
async def test_the_list_is_on_a_key_until_there_is_room_for_three_panes(seeded, size):
    async with open_reader(seeded, size) as reader:
        three = {"list", "article", "cast"} if size[0] >= 130 else None
        assert shown(reader) == (three or {"list"})
        await reader.press("enter")
        await reader.wait_for("¶ 1 of")
        assert shown(reader) == (three or {"article", "cast"})
        await reader.press("q")
        assert shown(reader) == (three or {"list"})


async def test_in_a_narrow_terminal_the_cast_lies_below_the_text(seeded):
    async with open_reader(seeded, (99, 40)) as reader:
        await reader.press("enter")
        await reader.wait_for("¶ 1 of")
        article, cast = (reader.app.screen.query_one(pane).region for pane in (Article, CastPanel))
        assert (cast.width, cast.y) == (99, article.bottom)
        assert cast.height == 5


@given(st.integers(1, 400), st.integers(1, 120), st.integers(20, 400), widths)
def test_no_wish_takes_the_text_or_the_terminal_too_much(width, height, text_width, wishes):
    panes = fit_panes(width, height, text_width, wishes)
    wished = max(20, wishes.get("text", text_width))
    assert 1 <= panes.text <= wished
    if width >= 100:
        assert panes.text >= min(60, wished)
    others = {"narrow": 0, "middle": panes.cast, "wide": panes.results + panes.cast}[panes.arrangement]
    assert panes.text + others <= max(1, width)
    if panes.arrangement == "wide":
        assert width - panes.facets - panes.results - 5 >= min(60, wished)


@pytest.mark.parametrize(
    ("go", "said", "selector"),
    [(["q"], "the list has", "#results"), ([], "the text has", "#article"), (["right"], "the cast has", "#cast")],
)
async def test_a_pane_is_made_wider_and_narrower_by_keys_and_stays_so(seeded, go, said, selector):
    marks = Marks(None)
    async with open_reader(seeded, (160, 40), marks=marks) as reader:
        await reader.press("enter")
        await reader.wait_for("¶ 1 of")
        await reader.press(*go, "<", "<")
        assert said in reader.status
        narrow = reader.app.screen.panes.panes  # type: ignore[attr-defined]
        await reader.press(">")
        assert said in reader.status
        kept = reader.app.screen.query_one(selector).region
        assert reader.app.screen.panes.panes != narrow  # type: ignore[attr-defined]
        widths = reader.app.screen.panes.panes  # type: ignore[attr-defined]
    async with open_reader(seeded, (160, 40), marks=marks) as reader:
        assert reader.app.screen.panes.panes == widths  # type: ignore[attr-defined]
        assert reader.app.screen.query_one(selector).region == kept


async def test_a_width_that_cannot_be_had_is_said(seeded):
    async with open_reader(seeded, (80, 24)) as reader:
        await reader.press("<")
        assert "this pane has the whole width" in reader.status
    async with open_reader(seeded, (140, 40)) as reader:
        await reader.press(*[">"] * 8)
        assert reader.status == "the list cannot be wider in this terminal"


async def test_widths_are_kept_from_one_session_to_the_next(seeded, tmp_path):
    for keys, said in ((["<"], "the text has 66 columns"), ([">"], "the text has 70 columns")):
        marks = Marks(tmp_path / "reader.db")
        async with open_reader(seeded, (140, 40), Settings(recogniser="rules"), marks=marks) as reader:
            await reader.press("enter")
            await reader.wait_for("¶ 1 of")
            await reader.press(*keys)
            assert reader.status == said
        marks.close()


@pytest.mark.parametrize("start", [(80, 24), (110, 40), (160, 40)])
async def test_another_size_after_scrolling_keeps_the_row_and_opens_that_one(many, start):
    async with open_reader(many, start) as reader:
        rows = reader.app.screen.query_one("#results", RowList)
        await reader.press("G", *["k"] * 15)
        key = rows.current.key  # type: ignore[union-attr]
        with Library(many, recogniser="rules") as library:
            titles = [summary.title for summary in (library.document(key),)]
        for width in (140, 99, 100, 131, 129, 130, 60, 200, 80):
            await reader.pilot.resize_terminal(width, 30)
            await wait_for(reader.pilot, lambda: rows.size.height and rows.current)
            await reader.press()
            assert rows.current.key == key  # type: ignore[union-attr]
            (marked,) = [line for line in reader.text.splitlines() if line.startswith("▌")][:1]
            assert str(titles[0]) in marked
        await reader.press("enter")
        await reader.wait_for("¶ 1 of")
        assert reader.app.screen.pane.document.id == key  # type: ignore[attr-defined]


async def test_another_size_while_reading_keeps_the_article_and_the_mention_in_sight(seeded):
    async with open_reader(seeded, (160, 40)) as reader:
        await reader.open("captagon")
        await reader.press("g")
        await reader.select("Bashar al-Assad")
        await reader.press("]")
        title = reader.app.screen.pane.document.title  # type: ignore[attr-defined]
        for size in ((120, 12), (60, 10), (101, 30), (45, 12), (200, 60)):
            await reader.pilot.resize_terminal(*size)
            await wait_for(reader.pilot, lambda: "▶" in reader.text)
            assert reader.app.screen.pane.document.title == title  # type: ignore[attr-defined]
            assert "article" in shown(reader)


def test_on_a_real_terminal_another_size_keeps_the_row_and_opens_that_one(many):
    terminal = Terminal(newscast("--library", str(many)), size=(140, 40))
    try:
        terminal.wait_for("of 150 articles")
        for keys in ("G", "b", "b"):
            terminal.press(keys)
        position = re.search(r"\d+ of 150 articles", terminal.text)[0]  # type: ignore[index]
        (marked,) = [line for line in terminal.text.splitlines() if line.startswith("▌")][:1]
        number = re.search(r"Article (\d+)", marked)[1]  # type: ignore[index]
        for width in (99, 135, 110, 80, 150, 100):
            terminal.resize(width, 30)
            terminal.wait_for(position)
            terminal.settle()
            (marked,) = [line for line in terminal.text.splitlines() if line.startswith("▌")][:1]
            assert f"Article {number}" in marked
        terminal.press("\r")
        terminal.wait_for(f"The text of number {number}")
    finally:
        terminal.end()


async def test_the_article_that_comes_into_sight_beside_the_list_is_that_of_its_row(seeded):
    async with open_reader(seeded, (120, 40)) as reader:
        await reader.press("j", "j")
        await reader.pilot.resize_terminal(150, 45)
        row = reader.app.screen.query_one("#results", RowList).current
        pane = reader.app.screen.query_one(ReadingPane)
        assert row is not None
        await wait_for(reader.pilot, lambda: pane.document is not None and pane.document.id == row.key)
