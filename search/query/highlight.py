"""Finding a query's words in a text: to highlight them, to build snippets, and to decide what the index cannot."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate, islice, takewhile
from typing import TYPE_CHECKING

from search.fulltext import build_plain, build_stem
from search.model import Match, Snippet
from search.query.budget import Budget, BudgetSpentError
from search.query.syntax import Fuzzy, Node, Prefix, Words, list_wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from search.fulltext.index_reader import IndexReader
    from search.model import Document

    Span = tuple[int, int]
    WordLeaf = Words | Prefix | Fuzzy

_snippet_length = 180
_most_spans = 40
"""Matches of one leaf that a snippet is chosen among."""
_quick, _slow = 32, 8
"""Characters of a text to a step, where the words looked for begin alike, and where they do not."""
_each = 4
"""Steps to begin looking for one leaf in one text."""
_steps_to_a_snippet = 5_000
_FOLDED = re.compile(r"[^\x00-\x7f‘’“”–—…€£•]")
"""What folding changes the length of, or may."""
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")


def list_highlighted(node: Node | None) -> list[WordLeaf]:
    """List the leaves whose words are highlighted in a document."""
    return [leaf for leaf in list_wanted(node) if isinstance(leaf, Words | Prefix | Fuzzy)]


def build_highlighter(leaves: Iterable[WordLeaf], reader: IndexReader) -> Highlighter:
    """What finds these leaves; the index tells the forms of their words."""
    patterns = {
        leaf: pattern for leaf in dict.fromkeys(leaves) if (pattern := _build_pattern(leaf, reader)) is not None
    }
    return Highlighter([pattern for leaf, pattern in patterns.items() if not leaf.in_title], list(patterns.values()))


def _build_pattern(leaf: WordLeaf, reader: IndexReader) -> _Pattern | _NearPattern | None:
    """None for what stands nowhere."""
    match leaf:
        case Prefix():
            prefix = build_plain(leaf.word)
            return _Pattern(prefix, [lambda word: build_plain(word).startswith(prefix)])
        case Fuzzy():
            forms = frozenset(reader.find_near(build_plain(leaf.word), leaf.distance))
            return _Pattern(_find_common_beginning(sorted(forms)), [lambda word: build_plain(word) in forms])
        case Words():
            stems = [build_stem(word) for word in leaf.words]
            if leaf.within is not None:
                return _NearPattern(leaf, stems)
            forms_of = [reader.list_forms_of(stem) for stem in stems]
            if not all(forms_of):
                return None
            tests = [_build_test(word, stem, leaf) for word, stem in zip(leaf.words, stems, strict=True)]
            return _Pattern(_find_common_beginning(forms_of[0]), tests)


def _find_common_beginning(forms: Sequence[str]) -> str:
    """How all of these begin, which are in order."""
    if not forms:
        return ""
    first, last = forms[0], forms[-1]
    return "".join(letter for letter, _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False)))


def _is_exact(word: str, leaf: Words) -> bool:
    return leaf.is_quoted and word != word.lower()


def _build_test(word: str, stem: str, leaf: Words) -> Callable[[str], bool]:
    if _is_exact(word, leaf):
        return lambda other: other == word
    return lambda other: build_stem(other) == stem


class _Pattern:
    """Adjacent words, each with a test; `lead` is how any first word begins, folded."""

    def __init__(self, lead: str, tests: Sequence[Callable[[str], bool]]) -> None:
        self._lead, self._tests = lead, tests
        self.pace = _quick if len(lead) > 1 else _slow

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
    """Words within a distance of each other; between two paragraphs is a step."""

    pace = 4

    def __init__(self, leaf: Words, stems: Sequence[str]) -> None:
        exact = [_is_exact(word, leaf) for word in leaf.words]
        self._exact = frozenset(word for word, is_exact in zip(leaf.words, exact, strict=True) if is_exact)
        self._stems = frozenset(stem for stem, is_exact in zip(stems, exact, strict=True) if not is_exact)
        self._count = len(self._exact) + len(self._stems)
        self._distance = leaf.within or 0

    def find(self, text: str, _lowered: str | None) -> Iterator[Span]:
        """The words that are near each other."""
        last: dict[tuple[bool, str], tuple[int, Span]] = {}  # the one that was seen longest ago comes first
        given: set[Span] = set()
        at = end = 0
        for match in _WORD.finditer(text):
            at += 1 + ("\n" in text[end : match.start()])
            end = match.end()
            keys = self._list_wanted(match.group())
            for key in keys:
                last.pop(key, None)
                last[key] = at, match.span()
            if keys and len(last) == self._count and at - next(iter(last.values()))[0] <= self._distance:
                # A word before a reported one has been reported with it.
                new = set(takewhile(lambda span: span not in given, (span for _, span in reversed(last.values()))))  # noqa: B023 - used up at once
                given |= new
                yield from sorted(new)

    def _list_wanted(self, word: str) -> list[tuple[bool, str]]:
        """What a word of the text is, of the words asked for: as written, as any of its forms, or as both."""
        stem = build_stem(word)
        exact = [(True, word)] if word in self._exact else []
        return [*exact, (False, stem)] if stem in self._stems else exact


class Highlighter:
    """Finds what some leaves ask for; it may be asked about any number of texts and titles."""

    def __init__(
        self, patterns: Sequence[_Pattern | _NearPattern], title_patterns: Sequence[_Pattern | _NearPattern]
    ) -> None:
        self._patterns, self._title_patterns = patterns, title_patterns

    def count_steps(self, length: int) -> int:
        """What it costs at most to look for all of it in a text of so many characters."""
        return sum(_each + length // pattern.pace for pattern in self._title_patterns)

    def is_in(self, text: str, lowered: str | None = None) -> bool:
        """Does the text contain any of the leaves? `lowered` saves time if it is known: the result of `lower`."""
        lowered = lowered or lower(text)
        return any(next(pattern.find(text, lowered), None) for pattern in self._patterns)

    def is_in_title(self, title: str) -> bool:
        """Does any of it stand in the title?"""
        lowered = lower(title)
        return any(next(pattern.find(title, lowered), None) for pattern in self._title_patterns)

    def find_in_title(self, title: str) -> tuple[Span, ...]:
        """The stretches of a title that are asked for."""
        lowered = lower(title)
        return tuple(_merge(sorted(span for each in self._title_patterns for span in each.find(title, lowered))))

    def find_matches(self, document: Document) -> tuple[Match, ...]:
        """The stretches of the document's paragraphs that are asked for, in reading order.

        Where that is too much for one search, those far down are left out.
        """
        if not self._patterns:
            return ()
        found = []
        budget = Budget()
        for paragraph in document.paragraphs:
            try:
                budget.spend(self.count_steps(len(paragraph.text)))
            except BudgetSpentError:
                break
            lowered = lower(paragraph.text)
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
        found: list[tuple[int, int, int]] = []
        lowered = lower(text)
        left = _steps_to_a_snippet
        for kind, pattern in enumerate(self._patterns):
            reach = min(len(text), left * pattern.pace)
            left -= _each + reach // pattern.pace
            if left < 0:
                break
            cut = lowered[:reach] if lowered is not None else None
            spans = islice(pattern.find(text[:reach], cut), _most_spans)
            found += [(start, end, kind) for start, end in spans]
        if not found:
            return 0, 0, []
        starts = list(accumulate((len(line) + 1 for line in text.split("\n")), initial=0))
        by_paragraph: dict[int, list[tuple[int, int, int]]] = {}
        for match in found:
            by_paragraph.setdefault(bisect_right(starts, match[0]) - 1, []).append(match)
        index = min(by_paragraph, key=lambda at: (-len({kind for _, _, kind in by_paragraph[at]}), at))
        start = starts[index]
        return index, start, [(first - start, last - start) for first, last, _ in by_paragraph[index]]


def lower(text: str) -> str | None:
    """The text folded, for `is_in`; None where that would be of another length."""
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
