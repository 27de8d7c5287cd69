"""Builds documents that an attacker made, and documents that were damaged in transit."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from random import Random

_suffixes = (".txt", ".md", ".html", ".htm", ".xml", ".json", "", ".markdown", ".xhtml")
_encodings = ("utf-8", "utf-16", "utf-32", "latin-1", "cp1252", "koi8_r", "shift_jis", "utf-8-sig", "cp037", "utf-7")
_controls = (
    "\x1b[2J", "\x1b]0;title\x07", "\x1b]52;c;aGk=\x07", "\x9b31m", "\x1bP1;1|17/ab\x1b\\", "\x1b[8;9999;9999t", "\x07",
    "\x00", "\u202e", "\u2066", "\u200b", "\U000e0041", "\ud800", "\u0301" * 50, "\x85", "\u2028", "\x1b",
    "\x1b]8;;http://x",
)  # fmt: skip
_fronts = (
    "url: http://[evil/2024", "date: 99999999999999999999-01-01", "date: 2024-02-30", "title: [a, b",
    "title: \x1b[31mred",
    "url: javascript:alert(1)", "date: \u0661\u0669\u0662\u0664-01-01", "source: " + "s" * 5_000,
    "url: http://a:b:c@/%zz",
    "url: http://xn--\u2603/", "date: 0000-00-00", "title: ''", ": : :", "- - -", "url: //\udcff",
)  # fmt: skip


def _repeat(chance: Random, limit: float) -> int:
    return int(10 ** chance.uniform(1, limit))


def _make_bomb(chance: Random) -> str:
    """Build markup that makes a naive parser use far more time or memory than its size suggests."""
    times = _repeat(chance, 4.7)
    unit = chance.choice(
        (
            "<span>", "<div><p>", "**a ", "[", "[a](", "> ", "- ", "`", "<a href='", "&amp;", "<!--", "# ", "_a_ *",
    "![",
            "<table><tr><td>", "\\", "a&#0;", "<p>x</p>", "(((", "\"'", "- [ ] ", "<b><i>", "~~~\n", "| a ", "1. ",
    "<ul><li>",
            "Mr. ", "A. B. ", "al-", "Assad ", "the ", "U.S. ", "Mr Assad said. ", "he ", "<![CDATA[", "</p>",
    "&lt;", "=\n",
        )
    )  # fmt: skip
    return unit * times


def _make_word(chance: Random) -> str:
    letters = chance.choice(("a", "Ab", "\u4e2d", "x1", "QUJD", "é", "-", "’", "0123456789abcdef"))
    return letters * _repeat(chance, 5)


def _mutate(text: str, chance: Random) -> str:
    """Insert, move, remove or repeat pieces of a real article."""
    for _ in range(chance.randint(1, 8)):
        at, other = sorted((chance.randrange(len(text) + 1), chance.randrange(len(text) + 1)))
        kind = chance.randrange(5)
        if kind == 0:
            text = text[:at] + chance.choice(_controls) + text[at:]
        elif kind == 1:
            text = text[:at] + text[other:] or "x"
        elif kind == 2:
            text = text[:at] + text[at : min(other, at + 2_000)] * chance.randint(2, 20) + text[other:]
        elif kind == 3:
            text = text[:at] + (_make_bomb(chance) if chance.random() < 0.3 else "\n\n") + text[at:]
        else:
            text = text[:at] + _make_word(chance)[:5_000] + text[at:]
    return text


def _make_front(chance: Random, article: str) -> str:
    lines = chance.sample(_fronts, chance.randint(1, 4))
    return "---\n" + "\n".join(lines) + chance.choice(("\n---\n", "\n...\n", "\n")) + article


def _make_page(chance: Random, article: str) -> str:
    metas = "".join(
        f'<meta {name}="{chance.choice(_fronts)}" content="{chance.choice(_controls)}{chance.choice(_fronts)}">'
        for name in chance.sample(("name", "property", "itemprop", "http-equiv", "charset"), 3)
    )
    paragraphs = "".join(f"<p>{line}</p>" for line in article.split("\n"))
    attribute = f" title='{_make_word(chance)}'" if chance.random() < 0.3 else ""
    return f"<!doctype html><html lang='en'><head>{metas}</head><body{attribute}><article>{paragraphs}"


_makers: tuple[Callable[[Random, str], str], ...] = (
    lambda chance, article: _mutate(article, chance),
    lambda chance, article: _mutate(article, chance),
    lambda chance, article: _make_bomb(chance) + article,
    lambda chance, article: article + "\n" + _make_bomb(chance),
    lambda chance, article: _make_word(chance) + " " + article,
    _make_front,
    _make_page,
    lambda chance, article: _make_page(chance, _mutate(article, chance)),
    lambda chance, article: "".join(chance.choices(_controls, k=_repeat(chance, 3))) + article,
)


def write_hostile(folder: Path, number: int, chance: Random, articles: Path) -> None:
    """Write one hostile document into the folder; sometimes damage its bytes."""
    article = chance.choice(sorted(articles.iterdir())).read_text("utf-8", "replace")
    data = chance.choice(_makers)(chance, article).encode(chance.choice((*_encodings, *["utf-8"] * 12)), "replace")
    if chance.random() < 0.3:
        damaged = bytearray(data)
        for _ in range(chance.randint(1, 30)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        data = bytes(damaged)
    if chance.random() < 0.1:
        data = data[: chance.randrange(len(data))]
    if chance.random() < 0.05:
        data = chance.randbytes(_repeat(chance, 5))
    (folder / f"{number:05}{chance.choice(_suffixes)}").write_bytes(data)
