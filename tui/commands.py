"""The commands beside the reader: each asks the Library, and prints lines or, with --json, JSON Lines."""

from __future__ import annotations

from collections import Counter
from typing import IO, TYPE_CHECKING

import click

from search import (
    Actor,
    Addition,
    Cast,
    Document,
    InvalidDocumentError,
    Library,
    NewscastError,
    annotate,
    annotate_across,
    build_json,
    build_mention_json,
    make_safe_line,
    parse_json,
)
from tui.output import json_option, mark_spans, print_json, say, show_count, show_progress
from tui.setup import find_setup, open_for_reading, open_for_writing, setup_options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from click.shell_completion import CompletionItem


@click.command()
@setup_options
@json_option
@click.argument("paths", nargs=-1, required=True, metavar="PATH|URL …")
@click.pass_context
def add(context: click.Context, as_json: bool, paths: tuple[str, ...]) -> None:  # noqa: FBT001 - click passes by name
    """Add files, folders, pages ("-" is standard input); what is unchanged is skipped."""
    setup = find_setup(context)
    counts: Counter[str] = Counter()
    refusals: list[Addition] = []
    with open_for_writing(setup) as opened:
        for step in show_progress(opened.add(paths)):
            counts.update(addition.outcome for addition in step.additions)
            refusals += [addition for addition in step.additions if addition.outcome == "refused"]
            for addition in step.additions if as_json else ():
                print_json(
                    {
                        "path": make_safe_line(addition.origin),
                        "outcome": addition.outcome,
                        "id": addition.document,
                        "reason": addition.reason,
                    }
                )
    for refusal in refusals:
        say(f"refused: {refusal.origin}: {refusal.reason}")
    say(", ".join(f"{counts[outcome]:,} {outcome}" for outcome in ("added", "changed", "skipped", "refused")))
    if refusals and not counts - Counter(refused=counts["refused"]):
        context.exit(1)


@click.command()
@setup_options
@json_option
@click.argument("document", metavar="ID")
@click.pass_context
def show(context: click.Context, as_json: bool, document: str) -> None:  # noqa: FBT001 - as in add
    """Print an article with its mentions; the beginning of an id is enough."""
    with open_for_reading(find_setup(context)) as opened:
        found = opened.document(document)
        cast, damage = opened.cast(found.id), opened.damage(found.id)
    if as_json:
        print_json(build_json(found, cast))
    else:
        _print_document(found, cast)
    if damage:
        say(f"newscast: {damage}")
        context.exit(1)


def _print_document(found: Document, cast: Cast) -> None:
    click.secho(found.title or "", bold=True)
    byline = (found.source, found.published.isoformat() if found.published else None, found.url)
    click.echo(" · ".join(filter(None, byline)))
    for paragraph in found.paragraphs:
        mentions = cast.of_paragraph(paragraph.index)
        click.echo(f"\n{mark_spans(paragraph.text, [(mention.start, mention.end) for mention in mentions])}")
    click.echo()
    for actor in cast.actors.values():
        click.echo(f"{len(cast.of_actor(actor.id)):4}  {actor.name} ({actor.type}, {actor.id})")


@click.command()
@setup_options
@json_option
@click.argument("text", nargs=-1)
@click.pass_context
def actors(context: click.Context, as_json: bool, text: tuple[str, ...]) -> None:  # noqa: FBT001 - as in add
    """List the cast of the library, or those whose names have TEXT in them."""
    with open_for_reading(find_setup(context)) as opened:
        _, found = opened.actors(" ".join(text))
    for actor in found:
        if as_json:
            print_json(
                {
                    "id": actor.id,
                    "name": actor.name,
                    "type": actor.type,
                    "aliases": actor.aliases,
                    "mentions": actor.mentions,
                    "documents": actor.documents,
                }
            )
        else:
            click.echo(_describe(actor))


def _describe(actor: Actor) -> str:
    others = ", ".join(alias for alias in actor.aliases if alias != actor.name)
    counts = f"{actor.documents:5} articles {actor.mentions:6} mentions"
    return f"{counts}  {actor.name} ({actor.type}, {actor.id}){f': {others}' if others else ''}"


def _complete_actor(context: click.Context, parameter: click.Parameter, typed: str) -> list[CompletionItem]:  # noqa: ARG001 - click's signature
    from click.shell_completion import CompletionItem

    try:
        with Library(find_setup(context).folder, read_only=True) as library:
            _, found = library.actors(typed.replace("-", " "), 0, 40)
    except NewscastError:
        return []
    return [CompletionItem(actor.id, help=actor.name) for actor in found if actor.id.startswith(typed)]


@click.command()
@setup_options
@json_option
@click.argument("actor", nargs=-1, required=True, shell_complete=_complete_actor)
@click.pass_context
def mentions(context: click.Context, as_json: bool, actor: tuple[str, ...]) -> None:  # noqa: FBT001 - as in add
    """Print every mention of ACTOR (its id, or its name) in reading order, with its sentence."""
    with open_for_reading(find_setup(context)) as opened:
        found = opened.actor(" ".join(actor))
        for sighting in opened.sightings(found.id):
            mention, summary = sighting.mention, sighting.document
            if not as_json:
                place = f"{summary.id} ¶{mention.paragraph + 1}"
                click.echo(f"{place}  {mark_spans(sighting.sentence, [(sighting.start, sighting.end)])}")
                continue
            print_json(
                {
                    "document": summary.id,
                    "title": summary.title,
                    "date": summary.published.isoformat() if summary.published else None,
                    **build_mention_json(mention, sighting.document.id),
                    "sentence": sighting.sentence,
                }
            )


@click.command("annotate")
@click.option("--json", "as_json", is_flag=True, help="Taken for the other commands' sake: the output is JSON anyway.")
@click.option("--across", is_flag=True, help="Link actors across all documents, not only within each.")
@click.argument("file", type=click.File("r", encoding="utf-8", errors="replace"), default="-")
@click.pass_context
def annotate_documents(context: click.Context, as_json: bool, across: bool, file: IO[str]) -> None:  # noqa: ARG001, FBT001 - as in add
    """Documents in JSON Lines in, the same with their mentions out. Needs and touches no library."""
    recogniser = find_setup(context).settings.recogniser
    bad: list[int] = []
    stream = (annotate_across if across else annotate)(_read_documents(file, bad), recogniser=recogniser)
    for document, cast in show_count(stream, "annotating"):
        print_json(build_json(document, cast))
    if bad:
        context.exit(1)


def _read_documents(file: IO[str], bad: list[int]) -> Iterator[Document]:
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            yield parse_json(line)
        except InvalidDocumentError as error:
            bad.append(number)
            say(f"newscast: line {number}: {error}")
