"""Finds the cast of documents without a library."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from search.model import Actor, Cast, Link
from search.store import Actors, Documents, open_library_database

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from search.model import Document


def annotate(documents: Iterable[Document], *, recogniser: str = "trained") -> Iterator[tuple[Document, Cast]]:
    """Yield each document with its cast, in order.

    Actors are linked within each document; their ids begin with its id. Raises UnknownRecogniserError.
    """
    from search.cast.recognisers import build_recogniser
    from search.cast.resolve import find_cast

    chosen = build_recogniser(recogniser)
    for document in documents:
        cast = find_cast(document, chosen)
        yield document, _prefix_ids(cast, document.id)


def annotate_across(documents: Iterable[Document], *, recogniser: str = "trained") -> Iterator[tuple[Document, Cast]]:
    """Yield each document with its cast, with actors linked across all documents as in a library.

    It reads all documents before it yields the first. Raises UnknownRecogniserError.
    """
    from search.cast.recognisers import build_recogniser
    from search.cast.resolve import find_cast
    from search.reannotate import Reannotator

    chosen = build_recogniser(recogniser)
    connection = open_library_database(":memory:")
    try:
        stored, reannotator = Documents(connection), Reannotator(connection)
        given: list[tuple[int, Document]] = []
        for position, document in enumerate(documents):
            # Two documents may have the same id, so their positions serve as ids.
            number = stored.write(str(position), "", replace(document, id=str(position))).number
            reannotator.replace_cast(number, find_cast(document, chosen), chosen.name)
            given.append((number, document))
        actors = Actors(connection)
        for number, document in given:
            yield document, actors.read_cast(document, number)
    finally:
        connection.close()


def _prefix_ids(cast: Cast, prefix: str) -> Cast:
    mentions = tuple(
        replace(mention, link=Link(f"{prefix}#{mention.link.actor}", mention.link.why, mention.link.confidence))
        if mention.link
        else mention
        for mention in cast.mentions
    )
    actors: dict[str, Actor] = {
        f"{prefix}#{number}": replace(actor, id=f"{prefix}#{number}") for number, actor in cast.actors.items()
    }
    return Cast(mentions, actors)
