"""Makes the names of an article consistent: a sure name is a name everywhere in it, with one type."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from search.cast.recognise import RecognisedMention
from search.text import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from search.cast.recognise import RecognisedType

_sure = 0.8
_WORD = re.compile(r"[\w-]+")
_LOWER = re.compile(r"\b[a-z][\w’'-]+")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Names that begin with the same word, and their lengths, the longest first."""

    names: frozenset[str]
    lengths: tuple[int, ...]

    def find(self, text: str, start: int) -> str | None:
        """Return the longest of them that starts here and ends where a word ends; None if none does."""
        for length in self.lengths:
            name = text[start : start + length]
            if name in self.names and not _WORD.match(text, start + length):
                return name
        return None


def make_consistent(texts: Sequence[str], names: Sequence[list[RecognisedMention]]) -> list[list[RecognisedMention]]:
    """Give each name one type and add occurrences that the network overlooked; returns the names by paragraph.

    The type of a name is the one with the highest sum of probabilities. A surname is a person's if a full name says so.
    """
    votes: dict[str, Counter[RecognisedType]] = defaultdict(Counter)
    surest: dict[str, float] = {}
    for name in (name for found in names for name in found):
        votes[name.text][name.type] += 0
        votes[name.text][name.type] += name.probability  # type: ignore[assignment] # a Counter can hold floats
        surest[name.text] = max(surest.get(name.text, 0.0), name.probability)
    types = {text: max(counts, key=lambda type_: (counts[type_], type_)) for text, counts in votes.items()}
    for surname in _find_surnames(types):
        if types.get(surname, "person") in {"organisation", "other", "work"} and surest[surname] < _sure:
            types[surname] = "person"
    agreed = [[replace(name, type=types[name.text]) for name in found] for found in names]
    wanted = _find_repeated(texts, types, surest)
    if not wanted:
        return agreed
    by_first_word: dict[str, list[str]] = defaultdict(list)
    for text in sorted(wanted, key=len, reverse=True):
        by_first_word[_first_word(text)].append(text)
    lookup = {word: _Wanted(frozenset(alike), _list_lengths(alike)) for word, alike in by_first_word.items()}
    return [
        sorted([*found, *_find_overlooked(index, text, found, lookup, types)], key=lambda name: name.start)
        for index, (text, found) in enumerate(zip(texts, agreed, strict=True))
    ]


def _first_word(name: str) -> str:
    found = _WORD.match(name)
    return found[0] if found else ""


def _list_lengths(names: Sequence[str]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(map(len, names)))


def _find_surnames(types: dict[str, RecognisedType]) -> set[str]:
    full = [text.split() for text, type_ in types.items() if type_ == "person" and " " in text]
    return {words[-1] for words in full if words[-1] in types}


def _find_repeated(texts: Sequence[str], types: dict[str, RecognisedType], surest: dict[str, float]) -> set[str]:
    """Return the names to look for elsewhere: sure names with a capital, and surnames, unless they are words here."""
    ordinary = {fold(word) for word in {word for text in texts for word in _LOWER.findall(text)}}
    full = [text for text, type_ in types.items() if type_ == "person" and surest[text] > _sure and " " in text]
    surnames = {text.split()[-1] for text in full}
    for surname in surnames:
        types.setdefault(surname, "person")
    sure = {text for text, type_ in types.items() if surest.get(text, 0.0) > _sure and type_ not in {"other", "work"}}
    return {text for text in sure | surnames if len(text) > 2 and text[0].isupper() and fold(text) not in ordinary}


def _find_overlooked(
    paragraph: int,
    text: str,
    found: list[RecognisedMention],
    lookup: dict[str, _Wanted],
    types: dict[str, RecognisedType],
) -> list[RecognisedMention]:
    starts = [name.start for name in found]
    overlooked = []
    end = 0
    for word in _WORD.finditer(text):
        start = word.start()
        name = lookup[word[0]].find(text, start) if start >= end and word[0] in lookup else None
        if name is None:
            continue
        end = start + len(name)
        before = bisect_left(starts, end) - 1  # names do not overlap: only this one may reach into it
        if before >= 0 and found[before].end > start:
            continue
        last_word = end - len(name.split()[-1])
        overlooked.append(
            RecognisedMention(paragraph, start, end, name, "name", types[name], (last_word, end), probability=0.6)
        )
    return overlooked
