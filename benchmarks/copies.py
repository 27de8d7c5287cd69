"""`make bench-copies`: how well near-duplicates are found, and what it costs to find them.

The set is made of the real articles: of every third one there are variants as newspapers make them, up to a week later.
The others lend their text to articles that quote a part of one. Articles of ECB+ and MEANTIME, many on each event, join
them. All are of one week, so that no date parts them. What is right follows from how an article was made.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import unpack_news
from benchmarks.search_corpus import read_articles
from search import Document, Paragraph
from search.folding import CopyFinder
from search.shingles import find_wording, least_shingles
from search.store import Copies, Documents, begin, open_library_database

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

_stretch = 4_000
_looked_at = 60
_day = date(2024, 5, 10)
_headlines = ("World news in brief", "What we know so far", "In focus: the story of the day")
_bylines = ("By our correspondent", "From our wire services, Nairobi, 10 May", "(Agencies) – Staff report.")
_footers = (
    "This article was first published by a news agency. All rights reserved.",
    "Follow us for more news, and sign up for our newsletter to get the headlines each morning.",
)
_corpora = ("ecb/dev.jsonl", "meantime/dev.jsonl", "meantime/train.jsonl")


@dataclass(frozen=True, slots=True)
class Made:
    """An article of the set: of what kind, and of which story it is a copy, if of any."""

    kind: str
    story: str
    paragraphs: tuple[str, ...]
    days_later: int = 0


def main() -> None:
    """Build the set, fold it, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--show", action="store_true", help="print the wrong folds and the real copies")
    arguments = parser.parse_args()
    with unpack_news(arguments.shared) as folder:
        articles = read_news(folder / "articles")
    made = [*build_set(articles), *read_corpora(arguments.shared / "cast-data")]
    print(f"{len(made):,} articles: {dict(Counter(each.kind for each in made))}")
    _print_score(made, show=arguments.show)
    _print_real(articles, show=arguments.show)
    _print_cost(arguments.shared, show=arguments.show)


def read_news(folder: Path) -> dict[str, tuple[str, ...]]:
    """The paragraphs of each real article that is long enough to be compared, by its file's name."""
    found = {}
    for path in sorted(folder.rglob("*.txt")):
        lines = [line.strip() for line in path.read_text(encoding="utf-8", errors="replace").splitlines()]
        paragraphs = tuple(line for line in lines if line and not line.startswith("http"))
        if len(find_wording("\n".join(paragraphs)).shingles) >= 4 * least_shingles:
            found[path.stem] = paragraphs
    return found


def build_set(articles: dict[str, tuple[str, ...]], seed: int = 14) -> Iterator[Made]:
    """Each third article with its variants, and others that quote a part of it, and are no copies."""
    drawn = random.Random(seed)
    names = _drop_real_copies(articles)
    drawn.shuffle(names)
    third = len(names) // 3
    for name, lender, teller in zip(names[:third], names[third:], names[2 * third :], strict=False):
        story, first, second = articles[name], articles[lender], articles[teller]
        yield Made("original", name, story)
        yield Made("cut", name, _cut(story, drawn.uniform(0.3, 0.8)), drawn.randint(0, 7))
        yield Made("the lead alone", name, _cut(story, 0.0), drawn.randint(0, 7))
        yield Made(
            "re-headlined",
            name,
            (drawn.choice(_headlines), *(story[1:] if len(story) > 8 else story)),
            drawn.randint(0, 7),
        )
        footer = drawn.choice(_footers)
        yield Made(
            "re-bylined",
            name,
            (drawn.choice(_bylines), *(_retype(each) for each in story), footer),
            drawn.randint(0, 7),
        )
        yield Made("edited", name, tuple(_edit(each, drawn) for each in story), drawn.randint(0, 7))
        yield Made("quotes in part", f"{name} quoted", _quote(story, first, drawn), drawn.randint(0, 7))
        yield Made("half quoted", f"{name} retold", _retell(story, second), drawn.randint(0, 7))


def _drop_real_copies(articles: dict[str, tuple[str, ...]]) -> list[str]:
    """The names of the articles without those that are copies as they come."""
    made = [Made("real", name, paragraphs) for name, paragraphs in articles.items()]
    copies = {made[copy].story for copy, _ in fold(made)}
    return [name for name in articles if name not in copies]


def _cut(story: tuple[str, ...], share: float) -> tuple[str, ...]:
    """The first sentences: this share of the words, at least 40."""
    words = " \n ".join(story).split(" ")
    return tuple(" ".join(words[: max(round(share * len(words)), 40)]).split(" \n "))


def _retype(text: str) -> str:
    return text.replace("’", "'").replace("“", '"').replace("”", '"').replace("–", "-").replace("—", "-")


def _edit(text: str, drawn: random.Random) -> str:
    """One word of fifty is another one: dates and names of days, titles, corrected spelling."""
    return " ".join("reportedly" if drawn.random() < 0.02 else word for word in text.split(" "))


def _list_sentences(story: tuple[str, ...]) -> list[str]:
    return [sentence for each in story for sentence in re.split(r"(?<=[.!?”]) ", each)]


def _count_words(sentences: Sequence[str]) -> int:
    return sum(len(each.split()) for each in sentences)


def _take(sentences: list[str], words: int) -> list[str]:
    """So many of the first sentences that they have at most so many words."""
    return [each for at, each in enumerate(sentences, 1) if _count_words(sentences[:at]) <= words]


def _quote(story: tuple[str, ...], own: tuple[str, ...], drawn: random.Random) -> tuple[str, ...]:
    """Another article that has some of the story in its middle: a third of it, and a third of the whole, at most."""
    sentences = _list_sentences(story)
    start = drawn.randrange(len(sentences) * 2 // 3 + 1)
    quoted = _take(sentences[start:], min(_count_words(story) // 3, _count_words(own) // 2))
    return (*own[: len(own) // 2], *quoted, *own[len(own) // 2 :])


def _retell(story: tuple[str, ...], own: tuple[str, ...]) -> tuple[str, ...]:
    """The first half of the story, and then as much that is not in it."""
    sentences = _list_sentences(own)
    quoted = _take(_list_sentences(story), min(_count_words(story) // 2, _count_words(own)))
    kept = next(at for at in range(len(sentences) + 1) if _count_words(sentences[:at]) >= _count_words(quoted))
    return (*quoted, *sentences[:kept])


def read_corpora(folder: Path) -> Iterator[Made]:
    """Articles of which many tell of one event, each in its own words."""
    for name in _corpora:
        for line in (folder / name).read_text(encoding="utf-8").splitlines():
            fields = json.loads(line)
            yield Made(name.split("/", maxsplit=1)[0], fields["id"], tuple(fields["paragraphs"]))


def fold(made: Sequence[Made]) -> list[tuple[int, int]]:
    """Add all to a store: which one is folded below which, by their places in the list."""
    with closing(open_library_database(":memory:")) as connection:
        _add(connection, made, 0)
        copies = Copies(connection)
        found = ((number, copies.read_original(number)) for number in range(1, len(made) + 1))
        return [(number - 1, original - 1) for number, original in found if original is not None]


def _add(connection: sqlite3.Connection, made: Sequence[Made], start: int) -> None:
    documents, finder = Documents(connection), CopyFinder(connection)
    with begin(connection):
        for index, each in enumerate(made, start):
            paragraphs = tuple(Paragraph(number, text) for number, text in enumerate(each.paragraphs))
            document = Document("", None, None, None, _day + timedelta(each.days_later), None, paragraphs)
            finder.add(documents.write(str(index), str(index), document).number, document)


@dataclass(frozen=True, slots=True)
class Score:
    """Folds, the wrong ones among them, and of each kind of copy how many there are and are with their original."""

    folds: int
    wrong: list[tuple[int, int]]
    found: Counter[str]
    wanted: Counter[str]

    @property
    def precision(self) -> float:
        """The share of folds that are right."""
        return 1 - len(self.wrong) / self.folds

    @property
    def recall(self) -> float:
        """The share of copies that are in one fold with their original."""
        return self.found.total() / self.wanted.total()


def score(made: Sequence[Made]) -> Score:
    """Fold the set, and compare that with how it was made."""
    folds = fold(made)
    shown = {index: index for index in range(len(made))} | dict(folds)
    originals = {each.story: shown[index] for index, each in enumerate(made) if each.kind == "original"}
    copies = [(index, each) for index, each in enumerate(made) if each.kind != "original" and each.story in originals]
    return Score(
        len(folds),
        [(copy, original) for copy, original in folds if made[copy].story != made[original].story],
        Counter(each.kind for index, each in copies if shown[index] == originals[each.story]),
        Counter(each.kind for _, each in copies),
    )


def _print_score(made: Sequence[Made], *, show: bool) -> None:
    scored = score(made)
    print(f"precision {scored.precision:.2%}: {scored.folds - len(scored.wrong):,} of {scored.folds:,} folds are right")
    print(f"recall    {scored.recall:.2%}: {scored.found.total():,} of {scored.wanted.total():,} copies are folded")
    for kind, count in scored.wanted.items():
        print(f"    {kind:16} {scored.found[kind] / count:8.2%} of {count:,}")
    print(f"wrong folds: {dict(Counter((made[one].kind, made[other].kind) for one, other in scored.wrong))}")
    if show:
        for pair in scored.wrong:
            print("\n".join(f"  {made[each].kind}, {made[each].story}: {made[each].paragraphs}" for each in pair), "\n")


def _print_real(articles: dict[str, tuple[str, ...]], *, show: bool) -> None:
    made = [Made("real", name, paragraphs) for name, paragraphs in articles.items()]
    folds = fold(made)
    print(f"real copies among {len(made):,} articles: {len(folds)}")
    for copy, original in folds if show else ():
        print(f"  {made[copy].story} below {made[original].story}: {made[copy].paragraphs[0][:90]}")


def _print_cost(shared: Path, *, show: bool) -> None:
    """Processor time of an article while the library grows, and some of the copies that are found."""
    documents = list(read_articles(shared))
    with closing(open_library_database(":memory:")) as connection:
        stored, finder, copies = Documents(connection), CopyFinder(connection), Copies(connection)
        for start in range(0, len(documents), _stretch):
            stretch = documents[start : start + _stretch]
            numbers = [stored.write(each.id, each.id, replace(each, id="")).number for each in stretch]
            started = time.process_time()
            with begin(connection):
                for number, document in zip(numbers, stretch, strict=True):
                    finder.add(number, document)
            milliseconds = 1000 * (time.process_time() - started) / len(stretch)
            print(f"{start + len(stretch):6,} articles of Reuters: {milliseconds:.2f} ms to compare one")
        pairs = [(number, copies.read_original(number)) for number in range(1, len(documents) + 1)]
        folds = [(documents[number - 1], documents[original - 1]) for number, original in pairs if original]
    print(f"folds among them: {len(folds):,}")
    for pair in random.Random(1).sample(folds, _looked_at) if show else ():
        for each in pair:
            print(f"  {each.published} {each.title}: {' '.join(paragraph.text for paragraph in each.paragraphs)}")
        print()


if __name__ == "__main__":
    main()
