"""Repairing the store of a Library: set aside what is damaged, and rebuild what can be derived from the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from search.cast.recognisers import build_recogniser
from search.cast.resolve import find_cast
from search.checking import build_stamp, keep_evidence, name_damaged
from search.folding import CopyFinder, fold_documents
from search.reannotate import Reannotator
from search.store import Copies, Damage, Documents, Losses, begin

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from pathlib import Path


def mend_store(connection: sqlite3.Connection, folder: Path) -> list[str]:
    """Set aside what is damaged and rebuild what can be rebuilt; return a line for each thing that was done."""
    damage, done = Damage(connection), list[str]()
    if damage.check_database():
        evidence = keep_evidence(folder)
        damage.rebuild_database(folder / "library.db.new")
        done.append(f"the database was rebuilt from all that can be read; the damaged one is kept in {evidence}")
    texts, casts = damage.find_texts(), damage.find_casts()
    actors = damage.count_actors()
    if texts:
        path = folder / f"damaged-{build_stamp()}.jsonl"
        path.write_text("".join(f"{damage.read_raw(each.number)}\n" for each in texts), encoding="utf-8")
        done += name_damaged(texts, f"{{}} was set aside in {path}; restore it with: newscast add {{}}")
    removed = damage.find_removed()
    done += name_damaged(removed, "the removal of {} cannot be undone; restore it with: newscast add {}")
    if texts or casts or actors or removed:
        gone = [each.number for each in texts]
        _find_casts_again(gone, [each.number for each in casts if each.number not in gone], connection)
        done += name_damaged([each for each in casts if each.number not in gone], "the cast of {} ({}) was found again")
    if actors:
        done.append(
            "1 actor was rebuilt from its articles"
            if actors == 1
            else f"{actors:,} actors were rebuilt from their articles"
        )
    if CopyFinder(connection).count_damage():
        with begin(connection):
            Copies(connection).forget_all()
        for _ in fold_documents(connection):
            pass
        done.append("all articles were compared again, to find which is a copy of which")
    losses = Losses(connection)
    if loss := losses.find():
        done.append(str(loss))
        with begin(connection):
            losses.clear()
    return done


def _find_casts_again(gone: Sequence[int], casts: Sequence[int], connection: sqlite3.Connection) -> None:
    documents, reannotator, recogniser = Documents(connection), Reannotator(connection), build_recogniser("rules")
    with begin(connection):
        Damage(connection).drop(gone, casts)
        for number in casts:
            document = documents.read_number(number).document
            reannotator.replace_cast(number, find_cast(document, recogniser), recogniser.name)
