"""An article agrees with itself: what is a name once, for sure, is one wherever it stands, and of one type."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from search.cast.recognise import Found
from search.text import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from search.cast.recognise import FoundType

_sure = 0.8
_LOWER = re.compile(r"\b[a-z][\w’'-]+")


def agree(texts: Sequence[str], names: Sequence[list[Found]]) -> list[list[Found]]:
    """The names of each paragraph, made one in type, with those that were overlooked.

    A name has the type that all its occurrences together speak for; a surname is a person where a full name says so.
    """
    votes: dict[str, Counter[FoundType]] = defaultdict(Counter)
    surest: dict[str, float] = {}
    for name in (name for found in names for name in found):
        votes[name.text][name.type] += 0
        votes[name.text][name.type] += name.probability  # type: ignore[assignment] # a Counter may count by shares
        surest[name.text] = max(surest.get(name.text, 0.0), name.probability)
    types = {text: max(counts, key=lambda type_: (counts[type_], type_)) for text, counts in votes.items()}
    for surname in _find_surnames(types):
        if types.get(surname, "person") in {"organisation", "other", "work"} and surest[surname] < _sure:
            types[surname] = "person"
    agreed = [[replace(name, type=types[name.text]) for name in found] for found in names]
    wanted = _find_repeated(texts, types, surest)
    if not wanted:
        return agreed
    pattern = re.compile(
        r"(?<![\w-])(?:" + "|".join(map(re.escape, sorted(wanted, key=len, reverse=True))) + r")(?![\w-])"
    )
    return [
        [*found, *_find_overlooked(index, text, found, pattern, types)]
        for index, (text, found) in enumerate(zip(texts, agreed, strict=True))
    ]


def _find_surnames(types: dict[str, FoundType]) -> set[str]:
    full = [text.split() for text, type_ in types.items() if type_ == "person" and " " in text]
    return {words[-1] for words in full if words[-1] in types}


def _find_repeated(texts: Sequence[str], types: dict[str, FoundType], surest: dict[str, float]) -> set[str]:
    """What may be looked for elsewhere: sure names with a capital, and surnames, that are no ordinary words here."""
    ordinary = {fold(word) for text in texts for word in _LOWER.findall(text)}
    full = [text for text, type_ in types.items() if type_ == "person" and surest[text] > _sure and " " in text]
    surnames = {text.split()[-1] for text in full}
    for surname in surnames:
        types.setdefault(surname, "person")
    sure = {text for text, type_ in types.items() if surest.get(text, 0.0) > _sure and type_ not in {"other", "work"}}
    return {text for text in sure | surnames if len(text) > 2 and text[0].isupper() and fold(text) not in ordinary}


def _find_overlooked(
    paragraph: int, text: str, found: list[Found], pattern: re.Pattern[str], types: dict[str, FoundType]
) -> list[Found]:
    taken = [(name.start, name.end) for name in found]
    overlooked = []
    for match in pattern.finditer(text):
        start, end = match.span()
        if any(first < end and start < last for first, last in taken):
            continue
        last_word = start + len(match[0]) - len(match[0].split()[-1])
        overlooked.append(
            Found(paragraph, start, end, match[0], "name", types[match[0]], (last_word, end), probability=0.6)
        )
    return overlooked
