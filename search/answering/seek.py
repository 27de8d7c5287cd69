"""Where a query's words stand in a text: the marks in an article, the snippet of a hit, what only a text tells."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate, islice, takewhile
from typing import TYPE_CHECKING

from search.fulltext import build_plain, build_stem
from search.language import Fuzzy, Node, Prefix, Words, list_wanted
from search.model import Match, Snippet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from search.fulltext.index_reader import IndexReader
    from search.model import Document

    Span = tuple[int, int]
    WordLeaf = Words | Prefix | Fuzzy

_snippet_length = 180
_most_spans = 40
"""Matches of one leaf that a snippet is chosen among."""
_FOLDED = re.compile(r"[^\x00-\x7f‘’“”–—…€£•]")
"""What folding changes the length of, or may."""
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")


def list_sought(node: Node | None) -> list[WordLeaf]:
    """What a reader would like to see marked in a text."""
    wanted = list_wanted(node)
    return [leaf for leaf in wanted if isinstance(leaf, Words | Prefix | Fuzzy) and not leaf.in_title]


def build_seeker(leaves: Iterable[WordLeaf], reader: IndexReader) -> Seeker:
    """What finds these leaves; the index tells the forms of their words."""
    return Seeker([_build_pattern(leaf, reader) for leaf in leaves])


def _build_pattern(leaf: WordLeaf, reader: IndexReader) -> _Pattern | _NearPattern:
    match leaf:
        case Prefix():
            prefix = build_plain(leaf.word)
            return _Pattern(prefix, [lambda word: build_plain(word).startswith(prefix)])
        case Fuzzy():
            forms = frozenset(reader.find_near(build_plain(leaf.word), leaf.distance))
            return _Pattern(_find_common_beginning(sorted(forms)), [lambda word: build_plain(word) in forms])
        case Words():
            tests = [_build_test(word, is_quoted=leaf.is_quoted) for word in leaf.words]
            lead = _find_common_beginning(reader.list_forms_of(build_stem(leaf.words[0])))
            return _Pattern(lead, tests) if leaf.within is None else _NearPattern(tests, leaf.within)


def _find_common_beginning(forms: Sequence[str]) -> str:
    """How all of these begin, which are in order."""
    if not forms:
        return ""
    first, last = forms[0], forms[-1]
    return "".join(letter for letter, _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False)))


def _build_test(word: str, *, is_quoted: bool) -> Callable[[str], bool]:
    if is_quoted and word != word.lower():
        return lambda other: other == word
    stem = build_stem(word)
    return lambda other: build_stem(other) == stem


class _Pattern:
    """Words in a row, each with a test; `lead` is how any first word begins, folded."""

    def __init__(self, lead: str, tests: Sequence[Callable[[str], bool]]) -> None:
        self._lead, self._tests = lead, tests

    def find(self, text: str, lowered: str | None) -> Iterator[Span]:
        """The stretches of the text that match; `lowered` is it folded, None where that is of another length."""
        first, rest = self._tests[0], self._tests[1:]
        for match in self._list_candidates(text, lowered):
            if first(match.group()) and (end := self._find_end(text, match, rest)):
                yield match.start(), end

    def _list_candidates(self, text: str, lowered: str | None) -> Iterator[re.Match[str]]:
        """Words that may be the first one."""
        if lowered is None or not self._lead:
            yield from _WORD.finditer(text)
            return
        lead, at = self._lead, lowered.find(self._lead)
        while at >= 0:
            if not at or not (text[at - 1].isalnum() or text[at - 1] in "'’"):
                match = _WORD.match(text, at)
                if match:
                    yield match
            elif text[at - 1] in "'’":
                # Whether a word begins behind an apostrophe depends on what is before that.
                begin = max(text.rfind(" ", 0, at), text.rfind("\n", 0, at)) + 1
                yield from (match for match in _WORD.finditer(text, begin, at + 80) if match.start() == at)
            at = lowered.find(lead, at + 1)

    def _find_end(self, text: str, match: re.Match[str], rest: Sequence[Callable[[str], bool]]) -> int:
        """Where the last word ends if the others follow in the same paragraph; 0 if they do not."""
        end = match.end()
        for test in rest:
            following = _WORD.search(text, end)
            if following is None or not test(following.group()) or "\n" in text[end : following.start()]:
                return 0
            end = following.end()
        return end


class _NearPattern:
    """Words within a distance of each other, each with a test; between two paragraphs is a step."""

    def __init__(self, tests: Sequence[Callable[[str], bool]], distance: int) -> None:
        self._tests, self._distance = tests, distance

    def find(self, text: str, _lowered: str | None) -> Iterator[Span]:
        """The words that are near each other."""
        last: dict[int, tuple[int, Span]] = {}
        at = end = 0
        for match in _WORD.finditer(text):
            at += 1 + ("\n" in text[end : match.start()])
            end = match.end()
            fitting = [index for index, test in enumerate(self._tests) if test(match.group())]
            last.update((index, (at, match.span())) for index in fitting)
            if (
                fitting
                and len(last) == len(self._tests)
                and at - min(place for place, _ in last.values()) <= self._distance
            ):
                yield from sorted({span for _, span in last.values()})


class Seeker:
    """Finds what some leaves ask for; it may be asked about any number of texts."""

    def __init__(self, patterns: Sequence[_Pattern | _NearPattern]) -> None:
        self._patterns = patterns

    def is_in(self, text: str) -> bool:
        """Does any of it stand in the text?"""
        lowered = _lower(text)
        return any(next(pattern.find(text, lowered), None) for pattern in self._patterns)

    def find_matches(self, document: Document) -> tuple[Match, ...]:
        """The stretches of the document's paragraphs that are asked for, in reading order."""
        if not self._patterns:
            return ()
        found = []
        for paragraph in document.paragraphs:
            lowered = _lower(paragraph.text)
            spans = sorted(span for pattern in self._patterns for span in pattern.find(paragraph.text, lowered))
            found += [Match(paragraph.index, start, end) for start, end in _merge(spans)]
        return tuple(found)

    def find_best_match(self, document: Document) -> Match | None:
        """The first match in the first paragraph with most of what was asked for; None without any."""
        index, _, spans = self._find_best("\n".join(paragraph.text for paragraph in document.paragraphs))
        return Match(index, *min(spans)) if spans else None

    def build_snippet(self, text: str) -> Snippet:
        """The words around the best match: in the first paragraph with most of what was asked for; else how it begins.

        `text` has a paragraph a line.
        """
        index, start, spans = self._find_best(text)
        end = text.find("\n", start)
        return _cut(index, text[start : end if end >= 0 else len(text)], _merge(sorted(spans)))

    def _find_best(self, text: str) -> tuple[int, int, list[Span]]:
        """The index of the best paragraph, its offset, and the matches in it."""
        lowered = _lower(text)
        found = [
            (start, end, kind)
            for kind, pattern in enumerate(self._patterns)
            for start, end in islice(pattern.find(text, lowered), _most_spans)
        ]
        if not found:
            return 0, 0, []
        starts = list(accumulate((len(line) + 1 for line in text.split("\n")), initial=0))
        by_paragraph: dict[int, list[tuple[int, int, int]]] = {}
        for match in found:
            by_paragraph.setdefault(bisect_right(starts, match[0]) - 1, []).append(match)
        index = min(by_paragraph, key=lambda at: (-len({kind for _, _, kind in by_paragraph[at]}), at))
        start = starts[index]
        return index, start, [(first - start, last - start) for first, last, _ in by_paragraph[index]]


def _lower(text: str) -> str | None:
    return text.lower().replace("’", "'") if text.isascii() or not _FOLDED.search(text) else None


def _merge(spans: Sequence[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in spans:
        if merged and start < merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def _cut(paragraph: int, text: str, spans: list[tuple[int, int]]) -> Snippet:
    """The stretch of the text around its first match, cut between words."""
    start, end = 0, len(text)
    first_start, first_end = spans[0] if spans else (0, 0)
    if len(text) > _snippet_length:
        start = max(0, min(first_start - _snippet_length // 3, len(text) - _snippet_length))
        if start:
            space = text.find(" ", start, first_start)
            start = space + 1 if space >= 0 else first_start
        end = min(len(text), start + _snippet_length)
        if end < len(text):
            space = text.rfind(" ", min(first_end, end), end)
            end = space if space > 0 else end
    before, after = "…" if start else "", "…" if end < len(text) else ""
    shift = len(before) - start
    matches = tuple((first + shift, min(last, end) + shift) for first, last in spans if first >= start and first < end)
    return Snippet(paragraph, before + text[start:end] + after, matches)
