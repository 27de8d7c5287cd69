"""`newscast search`: prints hits and facets, and manages saved searches."""

from __future__ import annotations

import re
import shlex
from contextlib import closing
from functools import partial
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING

import click

from search import (
    Facets,
    Library,
    Marks,
    NewscastError,
    NotFoundError,
    Query,
    Searches,
    expand_saved_searches,
    make_safe_line,
    restrict_query,
)
from tui.completion import complete_query
from tui.output import json_option, mark_spans, print_json, say
from tui.setup import Setup, ask, find_setup, open_for_reading, say_marks_note, setup_options

if TYPE_CHECKING:
    from search import Hit, Results, Sort

_facets = ("persons", "organisations", "places", "sources", "months")
_most_facets = 10
_furthest = 1_000_000_000
_WITHOUT = re.compile(r"-[^-]")


class SearchCommand(click.Command):
    """A command that explains how to write a query that begins with a minus."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Raise UsageError for `-word`, which is no option, and say how to write it as a query."""
        takes_value = {
            name for option in self.params if isinstance(option, click.Option) and not option.is_flag
            for name in option.opts
        }  # fmt: skip
        words = list(takewhile(lambda word: word != "--", args))
        for at, (before, word) in enumerate(pairwise(["", *words])):
            if _WITHOUT.match(word) and word != "-h" and before not in takes_value:
                written = make_safe_line(shlex.join([*args[:at], "--", *args[at:]]))
                raise click.UsageError(
                    f"no option “{make_safe_line(word)}”; to leave out a word: newscast search {written}", ctx
                )
        return super().parse_args(ctx, args)


@click.command("search", cls=SearchCommand)
@setup_options
@json_option
@click.option("--limit", default=20, show_default=True, type=click.IntRange(0, 10_000), help="Most hits to print.")
@click.option("--offset", default=0, type=click.IntRange(0, _furthest), help="Number of hits to skip first.")
@click.option(
    "--sort", type=click.Choice(["relevance", "date", "old"]), help="Order: best, newest or oldest hits first."
)
@click.option("--facets", "wants_facets", is_flag=True, help="Count actors, sources and months in all hits.")
@click.option("--copies", "lists_copies", is_flag=True, help="List the copies of a hit below it.")
@click.option("--save", metavar="NAME", type=make_safe_line, help="Save the query; search @NAME repeats it.")
@click.option("--forget", metavar="NAME", type=make_safe_line, help="Delete a saved query.")
@click.option("--saved", "lists_saved", is_flag=True, help="List the saved queries and the number of unread hits.")
@click.argument("query", nargs=-1, type=make_safe_line, shell_complete=complete_query)
@click.pass_context
def search_library(  # noqa: PLR0913, PLR0917 - click passes each option by name
    context: click.Context,
    as_json: bool,  # noqa: FBT001 - click passes by name
    limit: int,
    offset: int,
    sort: Sort | None,
    wants_facets: bool,  # noqa: FBT001 - as above
    lists_copies: bool,  # noqa: FBT001 - as above
    save: str | None,
    forget: str | None,
    lists_saved: bool,  # noqa: FBT001 - as above
    query: tuple[str, ...],
) -> None:
    """Find articles: words, "a phrase", OR, -word, prefix*, person:name, date:2024-12, @saved.

    "newscast help queries" explains the language. Put the query into single quotes, and "--" before a leading minus.
    """
    setup = find_setup(context)
    if forget is not None:
        _forget(setup, forget)
        return
    if lists_saved:
        _list_saved(setup, as_json=as_json)
        return
    if not query:
        raise click.UsageError("no query given: newscast search QUERY")
    text = _expand(setup, " ".join(query))
    if save is not None:
        _save(setup, save, text)
    asked = Query(text, sort=sort, folds=True)
    marks = Marks(setup.reader_database) if "is:" in text.lower() else None
    if marks is not None:
        say_marks_note(marks)
    with open_for_reading(setup) as opened:
        results, suggestion, facets, copies = ask(
            setup,
            opened,
            lambda: (
                found := opened.search(asked, offset, limit, marks=marks),
                opened.suggest(asked, marks=marks),
                opened.facets(asked, _most_facets, marks=marks) if wants_facets else None,
                _list_copies(opened, marks, found) if lists_copies else {},
            ),
        )
    if results.note:
        say(f"newscast: {results.note}")
    _print_hits(results, copies, as_json=as_json)
    if facets is not None:
        _print_facets(facets, results, as_json=as_json)
    say(f"{results.total:,} article{'' if results.total == 1 else 's'}{_count_folded(results)}")
    if suggestion:
        say(f"did you mean: {suggestion}")


def _list_copies(library: Library, marks: Marks | None, results: Results) -> dict[str, tuple[Hit, ...]]:
    """List the copies that are folded below each hit, by its id."""
    ids = [hit.summary.id for hit in results.hits if hit.copies]
    return {each: library.copies(results.query, each, marks=marks) for each in ids}


def _print_hits(results: Results, copies: dict[str, tuple[Hit, ...]], *, as_json: bool) -> None:
    for hit in results.hits:
        _print_hit(hit, as_json=as_json)
        for copy in copies.get(hit.summary.id, ()):
            _print_hit(copy, as_json=as_json, original=hit.summary.id)


def _count_folded(results: Results) -> str:
    if not results.folded:
        return ""
    return (
        f", {results.folded:,} of them {'a copy' if results.folded == 1 else 'copies'} of others: --copies lists them"
    )


def _print_hit(hit: Hit, *, as_json: bool, original: str | None = None) -> None:
    """Print a hit; of a copy, `original` is the id of the hit that it is folded below."""
    summary, snippet = hit.summary, hit.snippet
    if as_json:
        print_json(
            {
                "id": summary.id,
                "title": summary.title,
                "source": summary.source,
                "date": summary.published.isoformat() if summary.published else None,
                "score": round(hit.score, 4),
                "snippet": {"paragraph": snippet.paragraph, "text": snippet.text, "matches": snippet.matches}
                if snippet
                else None,
                **({"copy_of": original} if original else {"copies": hit.copies}),
            }
        )
        return
    day = summary.published.isoformat() if summary.published else "          "
    if original:
        click.echo(f"    + {summary.id}  {day}  {summary.title}")
        return
    count = f"  +{len(hit.copies):,} {'copy' if len(hit.copies) == 1 else 'copies'}" if hit.copies else ""
    click.echo(f"{summary.id}  {day}  {click.style(summary.title, bold=True)}{count}")
    if snippet:
        click.echo(f"    {mark_spans(snippet.text, snippet.matches)}")


def _print_facets(facets: Facets, results: Results, *, as_json: bool) -> None:
    """Print the facets; with JSON, as one more object after the hits, with their total."""
    named = {name: getattr(facets, name) for name in _facets}
    if as_json:
        built = {
            name: [{"key": each.key, "label": each.label, "count": each.count} for each in counts]
            for name, counts in named.items()
        }
        print_json({"total": results.total, "facets": built})
        return
    for name, counts in named.items():
        if counts:
            click.secho(f"\n{name}", bold=True)
        for each in counts:
            click.echo(f"{each.count:6,}  {each.label}")


def _expand(setup: Setup, text: str) -> str:
    if "@" not in text:
        return text
    with closing(Searches(setup.reader_database)) as searches:
        say_marks_note(searches)
        return expand_saved_searches(text, searches)


def _save(setup: Setup, name: str, text: str) -> None:
    with closing(Searches(setup.reader_database)) as searches:
        try:
            before = searches.save(name, text)
        except ValueError as error:
            raise click.UsageError(str(error)) from error
        if not searches.is_kept:
            raise NewscastError(f"@{name} is not saved: {searches.note}")
        say_marks_note(searches)
    say(f"saved as @{name}" + (f"; it replaces: {before.query}" if before else ""))


def _forget(setup: Setup, name: str) -> None:
    with closing(Searches(setup.reader_database)) as searches:
        gone = searches.forget(name)
        if not searches.is_kept:
            raise NewscastError(f"@{name} is not deleted: {searches.note}")
        say_marks_note(searches)
    say(f"deleted; restore it with: newscast search --save {gone.name} '{gone.query}'")


def _list_saved(setup: Setup, *, as_json: bool) -> None:
    with (
        closing(Searches(setup.reader_database)) as searches,
        closing(Marks(setup.reader_database)) as marks,
        open_for_reading(setup) as library,
    ):
        say_marks_note(searches)
        for each in searches.list_saved():
            try:
                text = expand_saved_searches(each.query, searches)
            except NotFoundError as error:
                say(f"newscast: @{each.name}: {error}")
                continue
            texts = text, restrict_query(text, "is:unread")
            total, unread = (ask(setup, library, partial(_count, library, marks, asked)) for asked in texts)
            if as_json:
                print_json({"name": each.name, "query": each.query, "total": total, "unread": unread})
            else:
                click.echo(f"{unread:6,} unread of {total:6,}  @{each.name}  {each.query}")


def _count(library: Library, marks: Marks, text: str) -> int:
    return library.search(Query(text), 0, 0, marks=marks).total
