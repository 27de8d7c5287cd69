"""Hostile documents: mutated articles, markup bombs and noise. `add` must add or refuse each within its limits."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from endurance.hostile_documents import write_hostile
from endurance.library_copy import read_content
from search import make_safe

if TYPE_CHECKING:
    from endurance.trial import Trial

documents_per_trial = 100
_outcomes = frozenset({"added", "skipped", "refused"})


def run(trial: Trial) -> None:
    """Add a folder of hostile documents, then check every string that the library returns."""
    folder, library = trial.folder / "documents", trial.folder / "library"
    folder.mkdir()
    for number in range(documents_per_trial):
        write_hostile(folder, number, trial.random, trial.pristine / "articles")
    trial.count = documents_per_trial
    ran = trial.run("--library", str(library), "add", "--json", str(folder), statuses=frozenset({0, 1}))
    outcomes = [json.loads(line) for line in ran.output.splitlines() if line.endswith("}")]
    trial.check(
        len(outcomes) == documents_per_trial and {each["outcome"] for each in outcomes} <= _outcomes,
        f"{len(outcomes)} of {documents_per_trial} documents have an outcome",
    )
    trial.check(ran.messages == make_safe(ran.messages), "messages that a terminal would obey")
    content = read_content(trial, library)
    trial.check(content.refused is None, f"the library cannot be read: {content.refused}")
    for identifier, document in content.documents.items():
        unsafe = [text for text in _list_texts(document) if make_safe(text) != text]
        trial.check(not unsafe, f"{identifier}: text that a terminal would obey: {unsafe!a:.300}")
        for mention in document["mentions"]:
            stretch = document["paragraphs"][mention["paragraph"]][mention["start"] : mention["end"]]
            trial.check(stretch == mention["text"], f"{identifier}: a mention beside its text")
    examined = trial.run("--library", str(library), "doctor", statuses=frozenset({0, 1}))
    trial.check(examined.status == 0, f"not whole: {examined.output[-400:]}")


def _list_texts(document: dict[str, Any]) -> list[str]:
    values = [document["title"], document["source"], document["url"], *document["paragraphs"]]
    return [value for value in values if value]
