"""The commands beside the reader: each asks the Library, and prints lines or, with --json, JSON Lines."""

from __future__ import annotations

import json
import sys
from collections import Counter
from typing import IO, TYPE_CHECKING, Any

import click

from search import (
    Actor,
    Addition,
    Document,
    InvalidDocumentError,
    Library,
    NewscastError,
    Query,
    annotate,
    annotate_across,
    build_json,
    build_mention_json,
    make_safe_line,
    parse_json,
)
from tui.setup import find_setup, library_option, open_for_reading, say, show_count, show_progress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from click.shell_completion import CompletionItem

json_option = click.option("--json", "as_json", is_flag=True, help="JSON Lines on stdout, nothing else.")


def _print_json(fields: dict[str, Any]) -> None:
    # JSON Lines are UTF-8, whatever the locale says.
    sys.stdout.buffer.write(json.dumps(fields, ensure_ascii=False).encode() + b"\n")


def _say_note(library: Library) -> None:
    if library.note:
        say(f"newscast: {library.note}")


@click.command()
@library_option
@json_option
@click.argument("paths", nargs=-1, required=True, metavar="PATH|URL …")
@click.pass_context
def add(context: click.Context, library: str | None, as_json: bool, paths: tuple[str, ...]) -> None:  # noqa: ARG001, FBT001 - find_setup reads it; click passes by name
    """Add files, folders, pages ("-" is standard input); what is unchanged is skipped."""
    setup = find_setup(context)
    counts: Counter[str] = Counter()
    refusals: list[Addition] = []
    with Library(setup.folder, recogniser=setup.settings.recogniser) as opened:
        _say_note(opened)
        for step in show_progress(opened.add(paths)):
            counts.update(addition.outcome for addition in step.additions)
            refusals += [addition for addition in step.additions if addition.outcome == "refused"]
            for addition in step.additions if as_json else ():
                _print_json(
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


@click.command("search")
@library_option
@json_option
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 10_000), help="Hits at most.")
@click.option("--offset", default=0, type=click.IntRange(0), help="Hits to leave out at the beginning.")
@click.argument("query", nargs=-1, required=True)
@click.pass_context
def search_library(
    context: click.Context,
    library: str | None,  # noqa: ARG001 - find_setup reads it
    as_json: bool,  # noqa: FBT001 - click passes by name
    limit: int,
    offset: int,
    query: tuple[str, ...],
) -> None:
    """Find articles: words, "a phrase", OR, -word, prefix*, title:word. Put -word behind --."""
    with open_for_reading(find_setup(context)) as opened:
        results = opened.search(Query(" ".join(query)), offset, limit)
    if results.note:
        say(f"newscast: {results.note}")
    for hit in results.hits:
        summary, snippet = hit.summary, hit.snippet
        if as_json:
            _print_json(
                {
                    "id": summary.id,
                    "title": summary.title,
                    "source": summary.source,
                    "date": summary.published.isoformat() if summary.published else None,
                    "score": round(hit.score, 4),
                    "snippet": {"paragraph": snippet.paragraph, "text": snippet.text, "matches": snippet.matches}
                    if snippet
                    else None,
                }
            )
            continue
        day = summary.published.isoformat() if summary.published else "          "
        click.echo(f"{summary.id}  {day}  {click.style(summary.title, bold=True)}")
        if snippet:
            click.echo(f"    {_mark(snippet.text, snippet.matches)}")
    say(f"{results.total:,} article{'' if results.total == 1 else 's'}")


@click.command()
@library_option
@json_option
@click.argument("document", metavar="ID")
@click.pass_context
def show(context: click.Context, library: str | None, as_json: bool, document: str) -> None:  # noqa: ARG001, FBT001 - as in add
    """Print an article with its mentions; the beginning of an id is enough."""
    with open_for_reading(find_setup(context)) as opened:
        found = opened.document(document)
        cast = opened.cast(found.id)
    if as_json:
        _print_json(build_json(found, cast))
        return
    click.secho(found.title or "", bold=True)
    byline = (found.source, found.published.isoformat() if found.published else None, found.url)
    click.echo(" · ".join(filter(None, byline)))
    for paragraph in found.paragraphs:
        mentions = cast.of_paragraph(paragraph.index)
        click.echo(f"\n{_mark(paragraph.text, [(mention.start, mention.end) for mention in mentions])}")
    click.echo()
    for actor in cast.actors.values():
        click.echo(f"{len(cast.of_actor(actor.id)):4}  {actor.name} ({actor.type}, {actor.id})")


@click.command()
@library_option
@json_option
@click.argument("text", nargs=-1)
@click.pass_context
def actors(context: click.Context, library: str | None, as_json: bool, text: tuple[str, ...]) -> None:  # noqa: ARG001, FBT001 - as in add
    """List the cast of the library, or those whose names have TEXT in them."""
    with open_for_reading(find_setup(context)) as opened:
        _, found = opened.actors(" ".join(text))
    for actor in found:
        if as_json:
            _print_json(
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
@library_option
@json_option
@click.argument("actor", nargs=-1, required=True, shell_complete=_complete_actor)
@click.pass_context
def mentions(context: click.Context, library: str | None, as_json: bool, actor: tuple[str, ...]) -> None:  # noqa: ARG001, FBT001 - as in add
    """Print every mention of ACTOR (its id, or its name) in reading order, with its sentence."""
    with open_for_reading(find_setup(context)) as opened:
        found = opened.actor(" ".join(actor))
        for sighting in opened.sightings(found.id):
            mention, summary = sighting.mention, sighting.document
            if not as_json:
                place = f"{summary.id} ¶{mention.paragraph + 1}"
                click.echo(f"{place}  {_mark(sighting.sentence, [(sighting.start, sighting.end)])}")
                continue
            _print_json(
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
        _print_json(build_json(document, cast))
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


@click.command()
@library_option
@json_option
@click.option("--repair", is_flag=True, help="Build anew what is derived and not as it should be.")
@click.option("--annotate", "annotates", is_flag=True, help="Find the cast anew where a better model has not seen it.")
@click.pass_context
def doctor(context: click.Context, library: str | None, as_json: bool, repair: bool, annotates: bool) -> None:  # noqa: ARG001, FBT001 - as in add
    """Say whether the library is whole, and mend what can be mended."""
    setup = find_setup(context)
    with Library(setup.folder, read_only=True) as opened:
        health = opened.health()
        if health.problems and repair:
            for _ in show_progress(opened.repair()):
                pass
            health = opened.health()
    if annotates:
        with Library(setup.folder, recogniser=setup.settings.recogniser) as opened:
            _say_note(opened)
            for _ in show_progress(opened.annotate()):
                pass
            health = opened.health()
    fields = {
        "documents": health.documents,
        "indexed": health.indexed,
        "actors": health.actors,
        "mentions": health.mentions,
        "problems": health.problems,
    }
    if as_json:
        _print_json(fields)
    else:
        click.echo(f"{setup.folder}")
        click.echo(f"{health.documents:,} articles, {health.actors:,} actors, {health.mentions:,} mentions")
        for problem in health.problems:
            click.echo(f"problem: {problem}")
        click.echo("mend it with: newscast doctor --repair" if health.problems else "whole")
    if health.problems:
        context.exit(1)


def _mark(text: str, spans: Any) -> str:  # noqa: ANN401 - any sequence of pairs
    """The text with those spans bold, where stdout is a terminal."""
    if not sys.stdout.isatty():
        return text
    parts, at = [], 0
    for start, end in spans:
        parts += [text[at:start], click.style(text[start:end], bold=True)]
        at = end
    return "".join([*parts, text[at:]])
