"""A long article: what is drawn at once, and what as it is needed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from search import Library
from tests.pilot import open_reader, wait_for
from tui.widgets import Article


@pytest.fixture
def long_article(build_library: Callable[..., Library]) -> Path:
    """An article of 2,000 paragraphs that names somebody in its last one."""
    paragraphs = [f"Paragraph {number:04} goes on and on. " + "word " * 40 for number in range(1, 2_000)]
    library = build_library(a="\n\n".join(["A headline", *paragraphs, "Hakan Fidan said the word zebra."]))
    library.close()
    return library.folder


async def test_a_long_article_is_shown_before_its_other_paragraphs_are_wrapped(long_article, monkeypatch):
    wrapped = []
    draw = Article.render_line

    def note(article, y):
        wrapped.append(article._layout.wrapped if article._layout else 0)
        return draw(article, y)

    monkeypatch.setattr(Article, "render_line", note)
    async with open_reader(long_article) as reader:
        await reader.wait_for("Paragraph 0001")
        assert 0 < next(count for count in wrapped if count) < 40
        article = reader.app.screen.query_one(Article)
        await wait_for(reader.pilot, lambda: article._layout is not None and article._layout.is_complete)
        assert article.virtual_size.height == article._layout.measure()  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("keys", "shown"),
    [
        (["G"], "Hakan Fidan said"), (["G", "g"], "Paragraph 0001"), (["G", "k"], "Paragraph 1999"),
        (["slash", *"zebra", "enter", "n"], "the word zebra"), (["slash", *"0999", "enter", "n"], "Paragraph 0999"),
        (["space"] * 9, "¶ 46 of"),
    ],
)  # fmt: skip
async def test_keys_go_to_the_right_place_in_an_article_whose_rest_is_not_wrapped(
    long_article, monkeypatch, keys, shown
):
    monkeypatch.setattr(Article, "_wrap_rest", lambda *_: None)
    async with open_reader(long_article, (140, 30)) as reader:
        await reader.press("enter")
        await reader.wait_for("¶ 1 of 2000")
        await reader.press(*keys)
        await reader.wait_for(shown)


async def test_at_80_columns_the_status_line_names_the_key_however_long_the_title_is(build_library):
    library = build_library(a="A headline that is so long " * 5 + "\n\nHakan Fidan spoke.")
    library.close()
    async with open_reader(library.folder, (80, 24)) as reader:
        await reader.press("D")
        await reader.wait_for("removed, U brings it back: “A headline")
        (line,) = [each for each in reader.text.splitlines() if "removed, U" in each]
        assert line.rstrip().endswith("…”")
