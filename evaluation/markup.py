"""Reads articles annotated by hand, in a markup that you can read and edit.

`[assad=Bashar al-Assad]` is a name of the actor `assad`, `[syria+Syrian]` a nationality, `[assad~the [syria+Syrian]
leader]` a nominal, `[assad.he]` a pronoun. An id like `_person` gives only the type, for
an actor mentioned once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_TOKEN = re.compile(r"\[([a-z0-9_-]+)([=+~.])|\]")
_kinds = {"=": "name", "+": "name", "~": "nominal", ".": "pronoun"}


@dataclass(frozen=True, slots=True)
class _Open:
    actor: str
    sign: str
    start: int


def read_types(path: Path) -> dict[str, str]:
    """Read the type of each actor from a file of lines with actor, tab, type."""
    return dict(line.split("\t") for line in path.read_text("utf-8").splitlines())


def parse_markup(identifier: str, text: str, types: Mapping[str, str]) -> dict[str, Any]:
    """Parse marked-up text, one paragraph a line, into a document as `newscast annotate` writes it.

    `types` maps actors to their types. Raises KeyError for an actor without a type.
    """
    lone = count(1)
    paragraphs: list[str] = []
    mentions: list[dict[str, Any]] = []
    for index, line in enumerate(text.splitlines()):
        plain, found = _parse_line(line)
        paragraphs.append(plain)
        for actor, sign, start, end in found:
            type_ = actor[1:] if actor.startswith("_") else types[actor]
            owner = f"{identifier}#{next(lone)}" if actor.startswith("_") else actor
            mention = {"paragraph": index, "start": start, "end": end, "text": plain[start:end], "kind": _kinds[sign]}
            if sign == "~":
                mention["head"] = [end - len(re.split(r"[\s-]", plain[start:end])[-1]), end]
            mentions.append({**mention, "type": "other" if sign == "+" else type_, "actor": owner})
    mentions.sort(key=lambda mention: (mention["paragraph"], mention["start"], -mention["end"]))
    return {"id": identifier, "paragraphs": paragraphs, "mentions": mentions}


def _parse_line(line: str) -> tuple[str, list[tuple[str, str, int, int]]]:
    plain, at = "", 0
    stack: list[_Open] = []
    found = []
    for token in _TOKEN.finditer(line):
        plain += line[at : token.start()]
        at = token.end()
        if token[0] == "]":
            mention = stack.pop()
            found.append((mention.actor, mention.sign, mention.start, len(plain)))
        else:
            stack.append(_Open(token[1], token[2], len(plain)))
    assert not stack, line
    return plain + line[at:], found


def read_gold(folder: Path) -> Iterator[dict[str, Any]]:
    """Read the annotated documents (`*.txt`) in a folder, in the order of their names; `actors.tsv` has the types."""
    types = read_types(folder / "actors.tsv")
    for path in sorted(folder.glob("*.txt")):
        yield parse_markup(path.stem, path.read_text("utf-8"), types)
