"""The commands add, show, actors, mentions and annotate. They print lines or, with --json, JSON Lines."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import IO, TYPE_CHECKING

import click

from search import (
    Actor,
    Addition,
    Cast,
    Document,
    InvalidDocumentError,
    NewscastError,
    annotate,
    annotate_across,
    build_json,
    build_mention_json,
    make_safe_line,
    parse_json,
)
from tui.completion import complete_actor, complete_document, complete_path
from tui.output import json_option, mark_spans, print_json, say, show_count, show_progress
from tui.setup import find_setup, open_for_reading, open_for_writing, setup_options

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from search import FeedOrigin, MentionInContext


_most_refusals = 20
"""The number of refusals to print one by one; the others are counted by reason."""
_most_reasons = 10


@click.command()
@setup_options
@json_option
@click.argument("paths", nargs=-1, required=True, metavar="PATH|URL …", shell_complete=complete_path)
@click.pass_context
def add(context: click.Context, as_json: bool, paths: tuple[str, ...]) -> None:  # noqa: FBT001 - click passes by name
    """Add files, folders and web pages; "-" is standard input. Unchanged files are skipped."""
    setup = find_setup(context)
    counts: Counter[str] = Counter()
    refusals: list[Addition] = []
    with open_for_writing(setup) as opened:
        try:
            for step in show_progress(opened.add(paths)):
                counts.update(addition.outcome for addition in step.additions)
                refusals += [addition for addition in step.additions if addition.outcome == "refused"]
                if as_json:
                    _print_additions(step.additions)
        except (NewscastError, KeyboardInterrupt):
            if counts:
                _say_counts(counts)
            raise
    _say_refusals(refusals, opened.error_log)
    _say_counts(counts)
    if refusals and not counts - Counter(refused=counts["refused"]):
        context.exit(1)


def _print_additions(additions: Sequence[Addition]) -> None:
    for addition in additions:
        print_json(
            {
                "path": make_safe_line(addition.origin),
                "outcome": addition.outcome,
                "id": addition.document,
                "reason": addition.reason,
            }
        )


def _say_counts(counts: Counter[str]) -> None:
    """Print how many files were added, changed, skipped and refused."""
    say(", ".join(f"{counts[outcome]:,} {outcome}" for outcome in ("added", "changed", "skipped", "refused")))


def _say_refusals(refusals: list[Addition], log: Path) -> None:
    """Print each refusal; of many, print the first ones, counts by reason, and the log that has all."""
    for refusal in refusals[:_most_refusals]:
        say(f"refused: {refusal.origin}: {refusal.reason}")
    if len(refusals) <= _most_refusals:
        return
    say(f"refused: {len(refusals) - _most_refusals:,} more; {log} lists all of them")
    kinds = Counter((refusal.reason or "").partition(":")[0] for refusal in refusals).most_common()
    for kind, count in kinds[:_most_reasons]:
        say(f"{count:,} times: {kind}")
    if rest := sum(count for _, count in kinds[_most_reasons:]):
        say(f"{rest:,} times: other reasons")


@click.command()
@setup_options
@json_option
@click.argument("document", metavar="ID", type=make_safe_line, shell_complete=complete_document)
@click.pass_context
def show(context: click.Context, as_json: bool, document: str) -> None:  # noqa: FBT001 - as in add
    """Print an article with its mentions; the beginning of an id is enough."""
    with open_for_reading(find_setup(context)) as opened:
        found = opened.document(document)
        cast, damage, original = opened.cast(found.id), opened.damage(found.id), opened.original(found.id)
        feed = opened.feeds().find_origin(found.id)
        origin = make_safe_line(opened.origin(found.id))
    if as_json:
        print_json({**build_json(found, cast), "origin": origin, **({"copy_of": original} if original else {})})
    else:
        if original:
            click.echo(f"a copy of {original}")
        _print_document(found, cast, _describe_feed(feed) or origin)
    if damage:
        say(f"newscast: {damage}")
        context.exit(1)


def _describe_feed(feed: FeedOrigin | None) -> str | None:
    """Say which feed an article came from, and whether its text is whole; None if it is from elsewhere."""
    if feed is None:
        return None
    texts = {"feed": "as the feed has it", "page": "from its page", "teaser": "a teaser"}
    return f"feed {feed.name}, {texts[feed.text]}{f' ({feed.note})' if feed.note else ''}"


def _print_document(found: Document, cast: Cast, origin: str) -> None:
    click.secho(found.title or "", bold=True)
    byline = (found.source, found.published.isoformat() if found.published else None, found.url)
    click.echo(" · ".join(filter(None, byline)))
    click.echo(f"from {origin}")
    for paragraph in found.paragraphs:
        mentions = cast.of_paragraph(paragraph.index)
        click.echo(f"\n{mark_spans(paragraph.text, [(mention.start, mention.end) for mention in mentions])}")
    click.echo()
    for actor in cast.actors.values():
        click.echo(f"{len(cast.of_actor(actor.id)):4}  {actor.name} ({actor.type}, {actor.id})")


@click.command()
@setup_options
@json_option
@click.argument("text", nargs=-1, type=make_safe_line)
@click.pass_context
def actors(context: click.Context, as_json: bool, text: tuple[str, ...]) -> None:  # noqa: FBT001 - as in add
    """List the actors of the library, or those with TEXT in a name. The exit status is 1 if TEXT finds none."""
    with open_for_reading(find_setup(context)) as opened:
        _, found = opened.actors(" ".join(text))
    if text and not found:
        say(f"newscast: no actor has “{' '.join(text)}” in a name")
        context.exit(1)
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


@click.command()
@setup_options
@json_option
@click.argument("actor", nargs=-1, required=True, type=make_safe_line, shell_complete=complete_actor)
@click.pass_context
def mentions(context: click.Context, as_json: bool, actor: tuple[str, ...]) -> None:  # noqa: FBT001 - as in add
    """Print every sentence that mentions ACTOR (its id, or its name) in reading order.

    On a terminal the mentions are bold. With --json each mention is an object, with its sentence.
    """
    with open_for_reading(find_setup(context)) as opened:
        found = opened.actor(" ".join(actor))
        mentions_in_context = opened.mentions_in_context(found.id)
        if as_json:
            for in_context in mentions_in_context:
                _print_mention(in_context)
            return
        for (identifier, paragraph, _), some in groupby(mentions_in_context, key=_find_sentence):
            together = list(some)
            sentence = max((each.sentence for each in together), key=len)
            marked = mark_spans(sentence, [(each.start, each.end) for each in together])
            click.echo(f"{identifier} ¶{paragraph + 1}  {marked}")


def _find_sentence(in_context: MentionInContext) -> tuple[str, int, int]:
    """The document, the paragraph and the offset of the sentence in which an actor is mentioned."""
    return in_context.document.id, in_context.mention.paragraph, in_context.mention.start - in_context.start


def _print_mention(in_context: MentionInContext) -> None:
    summary = in_context.document
    print_json(
        {
            "document": summary.id,
            "title": summary.title,
            "date": summary.published.isoformat() if summary.published else None,
            **build_mention_json(in_context.mention, summary.id),
            "sentence": in_context.sentence,
        }
    )


@click.command("annotate")
@click.option("--json", "as_json", is_flag=True, help="Has no effect: the output is always JSON.")
@click.option("--across", is_flag=True, help="Link actors across all documents, not only within each one.")
@click.argument("file", type=click.File("r", encoding="utf-8", errors="replace"), default="-")
@click.pass_context
def annotate_documents(context: click.Context, as_json: bool, across: bool, file: IO[str]) -> None:  # noqa: ARG001, FBT001 - as in add
    """Read documents in JSON Lines, and print them with their mentions. Needs no library."""
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
