"""Builds the library that trials copy and damage, and records what must be in it."""

from __future__ import annotations

import json
import random
import shutil
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from endurance.trial import root
from search import Library, NewscastError, Query, build_json

if TYPE_CHECKING:
    from endurance.trial import Trial

_written = 60
_words = (
    "ministers agreed in the capital that the harbour would be opened again after talks with the union of dockers "
    "while farmers blocked roads and a court heard the case of the former governor who denies that he took money"
).split()
queries = ("harbour", "Aleppo", '"the former governor"', "actor:Assad", "Damas*", "date:2024", "Kestrel17", "")


@dataclass(frozen=True)
class Content:
    """The content of a library: each document's JSON by id, each query's documents; `refused` is an error's text."""

    documents: dict[str, Any]
    answers: dict[str, list[str]]
    refused: str | None = None


def write_articles(folder: Path) -> None:
    """Write the seeds, and articles with a unique word each, so that the index has several segments."""
    folder.mkdir(parents=True)
    for path in sorted((root / "seeds").iterdir()):
        shutil.copy(path, folder)
    chance = random.Random(0)  # noqa: S311 - the same articles in every run
    for number in range(_written):
        names = f"Mayor Tilda Kestrel{number} met Ivo Bramwell of the Harbour Board in Port Elmsworth."
        text = [" ".join(chance.choices(_words, k=60)).capitalize() + "." for _ in range(6)]
        day = f"2024-{number % 12 + 1:02}-{number % 28 + 1:02}"
        front = f"---\ntitle: Kestrel{number} speaks\ndate: {day}\nsource: Herald {number % 5}\n---\n"
        (folder / f"written{number:03}.md").write_text(front + "\n\n".join([names, *text]), "utf-8")


def build_pristine(folder: Path) -> None:
    """Build `articles/`, a `library/` of them in several commits, and `content.json`, which records its content."""
    articles = folder / "articles"
    write_articles(articles)
    paths = sorted(articles.iterdir())
    with Library(folder / "library", recogniser="rules") as library:
        for start in range(0, len(paths), 20):
            for _ in library.add([str(path) for path in paths[start : start + 20]]):
                pass
    (folder / "content.json").write_text(json.dumps(asdict(_read_content(folder / "library"))), "utf-8")


def read_pristine(folder: Path) -> Content:
    """Read the content of the library before the damage."""
    return Content(**json.loads((folder / "content.json").read_text("utf-8")))


def read_content(trial: Trial, library: Path) -> Content:
    """Read the content of a library in another process. Any error that is not the engine's own is a failure."""
    ran = trial.run_module("endurance.library_copy", str(library))
    return Content(**json.loads(ran.output)) if ran.status == 0 else Content({}, {}, "the engine failed")


def _read_content(folder: Path) -> Content:
    try:
        with Library(folder, read_only=True) as library:
            answers = {text: _list_answers(library, text) for text in queries}
            documents = {}
            for identifier in answers[""]:
                try:
                    document = library.document(identifier)
                    documents[identifier] = json.loads(json.dumps(build_json(document, library.cast(identifier))))
                except NewscastError:
                    continue
    except NewscastError as error:
        return Content({}, {}, str(error))
    return Content(documents, answers)


def _list_answers(library: Library, text: str) -> list[str]:
    return sorted(hit.summary.id for hit in library.search(Query(text), 0, 1_000).hits)


def find_lost(before: Content, now: Content, *, with_cast: bool = False) -> list[str]:
    """List the documents whose text (and cast) has changed."""
    return [
        identifier
        for identifier, document in before.documents.items()
        if _pick(now.documents.get(identifier), with_cast=with_cast) != _pick(document, with_cast=with_cast)
    ]


def _pick(document: dict[str, Any] | None, *, with_cast: bool) -> object:
    if document is None or with_cast:
        return document
    return {name: value for name, value in document.items() if name != "mentions"}


if __name__ == "__main__":
    json.dump(asdict(_read_content(Path(sys.argv[1]))), sys.stdout)
