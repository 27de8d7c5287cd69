"""`newscast doctor`: checks the library, and repairs it."""

from __future__ import annotations

import click

from search import Health, LibraryDamagedError, make_safe_line, set_aside_database
from tui.output import json_option, print_json, show_progress
from tui.setup import Setup, find_setup, open_as_it_is, open_for_writing, setup_options


@click.command()
@setup_options
@json_option
@click.option("--repair", is_flag=True, help="Set aside what is damaged, and rebuild the indexes.")
@click.option(
    "--annotate",
    "annotates",
    is_flag=True,
    help="Find the cast of all articles again that the present recogniser has not seen.",
)
@click.pass_context
def doctor(context: click.Context, as_json: bool, repair: bool, annotates: bool) -> None:  # noqa: FBT001 - click passes by name
    """Check the library. With --repair, repair what can be repaired."""
    setup = find_setup(context)
    health, done = _examine(setup, repair=repair)
    if annotates:
        with open_for_writing(setup) as opened:
            for _ in show_progress(opened.annotate()):
                pass
            health = opened.health()
    fields = {
        "documents": health.documents,
        "indexed": health.indexed,
        "actors": health.actors,
        "mentions": health.mentions,
        "problems": health.problems,
        "mended": done,
    }
    if as_json:
        print_json(fields)
    else:
        click.echo(f"{setup.folder}")
        counts = (health.documents, "article"), (health.actors, "actor"), (health.mentions, "mention")
        click.echo(", ".join(f"{count:,} {noun}{'' if count == 1 else 's'}" for count, noun in counts))
        for each in done:
            click.echo(f"repaired: {make_safe_line(each)}")
        for problem in health.problems:
            click.echo(f"problem: {make_safe_line(problem)}")
        click.echo(_advise(health, is_repaired=repair))
    if health.problems:
        context.exit(1)


def _examine(setup: Setup, *, repair: bool) -> tuple[Health, tuple[str, ...]]:
    """Check the library and, with `repair`, repair it if need be; return its state and what was done."""
    try:
        with open_as_it_is(setup) as opened:
            health = opened.health()
        return _mend(setup) if repair and health.problems else (health, ())
    except LibraryDamagedError:
        if not repair or setup.read_only:
            raise
        aside = f"library.db could not be opened and was moved to {set_aside_database(setup.folder)}"
    health, done = _mend(setup)
    return health, (aside, *done)


def _mend(setup: Setup) -> tuple[Health, tuple[str, ...]]:
    with open_for_writing(setup) as opened:
        done = opened.mend()
        for _ in show_progress(opened.repair()):
            pass
        return opened.health(), done


def _advise(health: Health, *, is_repaired: bool) -> str:
    if not health.problems:
        return "no problems"
    if is_repaired:
        return "not all could be repaired: move the library's folder away, and create a new one with newscast add PATH"
    return "repair it with: newscast doctor --repair"
