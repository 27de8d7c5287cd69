"""`newscast help`: prints the pages of docs/ in the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from search import make_safe_line

if TYPE_CHECKING:
    from collections.abc import Mapping

topics: Mapping[str, str] = {
    "queries": "what you can search for, and how to write it",
    "files": "which files newscast reads, and what it reads from them",
    "feeds": "how to subscribe, when feeds are fetched, whole articles",
    "commands": "every command, exit statuses, JSON, completion",
    "settings": "settings, keys, themes, environment variables, where things are kept",
    "cast": "how names, nominals and pronouns are found, and how to correct them",
    "library": "checks, repairs, lost articles, backup",
    "server": "how to let many people read over SSH",
}
"""Name of a page → what it is about, in the order in which `newscast help` lists them."""
pages = Path(__file__).with_name("docs")
"""The folder of the pages: a link to docs/ in a checkout, a copy of it in a wheel."""
_width = max(map(len, topics))
_longest_topic = 60  # characters of an unknown topic that the error repeats


def complete_topic(context: click.Context, parameter: click.Parameter, typed: str) -> list[CompletionItem]:  # noqa: ARG001 - click's signature
    """Return the topics that begin with the typed text."""
    return [CompletionItem(name, help=about) for name, about in topics.items() if name.startswith(typed)]


@click.command("help")
@click.argument("topic", required=False, shell_complete=complete_topic)
def show_help(topic: str | None) -> None:
    """Print a page of the manual; without TOPIC, list the pages."""
    if topic is None:
        for name, about in topics.items():
            click.echo(f"newscast help {name:<{_width}}  {about}")
        return
    if topic not in topics:
        asked = make_safe_line(topic)[:_longest_topic]
        raise click.UsageError(f"no topic “{asked}”; the topics of newscast help are {', '.join(topics)}")
    click.echo_via_pager((pages / f"{topic}.md").read_text("utf-8"))
