"""`newscast search`: hits, facets and saved searches on the command line."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

import click

from search import Facets, Library, Marks, Query, Searches
from tui.output import json_option, mark_spans, print_json, say
from tui.setup import Setup, ask, find_setup, open_for_reading, say_marks_note, setup_options

if TYPE_CHECKING:
    from search import Hit, Results

_facets = ("persons", "organisations", "places", "sources", "months")
_most_facets = 10


@click.command("search")
@setup_options
@json_option
@click.option("--limit", default=20, show_default=True, type=click.IntRange(0, 10_000), help="Hits at most.")
@click.option("--offset", default=0, type=click.IntRange(0), help="Hits to leave out at the beginning.")
@click.option("--sort", type=click.Choice(["relevance", "date", "old"]), help="The best, newest or oldest first.")
@click.option("--facets", "wants_facets", is_flag=True, help="Who, where from and when in all that answers.")
@click.option("--save", metavar="NAME", help="Keep the query: newscast search @NAME asks it again.")
@click.option("--forget", metavar="NAME", help="Forget a saved query.")
@click.option("--saved", "lists_saved", is_flag=True, help="List the saved queries, with how many answers are unread.")
@click.argument("query", nargs=-1)
@click.pass_context
def search_library(  # noqa: PLR0913, PLR0917 - click passes each option by name
    context: click.Context,
    as_json: bool,  # noqa: FBT001 - click passes by name
    limit: int,
    offset: int,
    sort: str | None,
    wants_facets: bool,  # noqa: FBT001 - as above
    save: str | None,
    forget: str | None,
    lists_saved: bool,  # noqa: FBT001 - as above
    query: tuple[str, ...],
) -> None:
    """Find articles: words, "a phrase", OR, -word, prefix*, person:name, date:2024-12, @saved; README has the rest.

    Put the query into single quotes, or what begins with a minus behind --.
    """
    setup = find_setup(context)
    if forget is not None:
        _forget(setup, forget)
        return
    if lists_saved:
        _list_saved(setup, as_json=as_json)
        return
    if not query:
        raise click.UsageError("what is to be searched? newscast search QUERY")
    text = _expand(setup, " ".join(query))
    if save is not None:
        _save(setup, save, text)
    asked = Query(f"{text} sort:{sort}" if sort else text)
    marks = Marks(setup.reader_database) if "is:" in text.lower() else None
    if marks is not None:
        say_marks_note(marks)
    with open_for_reading(setup) as opened:
        results, suggestion, facets = ask(
            setup,
            opened,
            lambda: (
                opened.search(asked, offset, limit, marks=marks),
                opened.suggest(asked, marks=marks),
                opened.facets(asked, _most_facets, marks=marks) if wants_facets else None,
            ),
        )
    if results.note:
        say(f"newscast: {results.note}")
    for hit in results.hits:
        _print_hit(hit, as_json=as_json)
    if facets is not None:
        _print_facets(facets, results, as_json=as_json)
    say(f"{results.total:,} article{'' if results.total == 1 else 's'}")
    if suggestion:
        say(f"did you mean: {suggestion}")


def _print_hit(hit: Hit, *, as_json: bool) -> None:
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
            }
        )
        return
    day = summary.published.isoformat() if summary.published else "          "
    click.echo(f"{summary.id}  {day}  {click.style(summary.title, bold=True)}")
    if snippet:
        click.echo(f"    {mark_spans(snippet.text, snippet.matches)}")


def _print_facets(facets: Facets, results: Results, *, as_json: bool) -> None:
    """In JSON one more object behind the hits, with the count of all."""
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
        return searches.expand(text)


def _save(setup: Setup, name: str, text: str) -> None:
    with closing(Searches(setup.reader_database)) as searches:
        say_marks_note(searches)
        try:
            before = searches.save(name, text)
        except ValueError as error:
            raise click.UsageError(str(error)) from error
    say(f"saved as @{name}" + (f"; before, it was: {before.query}" if before else ""))


def _forget(setup: Setup, name: str) -> None:
    with closing(Searches(setup.reader_database)) as searches:
        say_marks_note(searches)
        gone = searches.forget(name)
    say(f"forgotten; take it back with: newscast search --save {gone.name} '{gone.query}'")


def _list_saved(setup: Setup, *, as_json: bool) -> None:
    with closing(Searches(setup.reader_database)) as searches:
        say_marks_note(searches)
        saved = searches.list_saved()
    with closing(Marks(setup.reader_database)) as marks, open_for_reading(setup) as library:
        for each in saved:
            texts = each.query, f"({each.query}) is:unread"
            total, unread = (ask(setup, library, partial(_count, library, marks, text)) for text in texts)
            if as_json:
                print_json({"name": each.name, "query": each.query, "total": total, "unread": unread})
            else:
                click.echo(f"{unread:6,} unread of {total:6,}  @{each.name}  {each.query}")


def _count(library: Library, marks: Marks, text: str) -> int:
    return library.search(Query(text), 0, 0, marks=marks).total
