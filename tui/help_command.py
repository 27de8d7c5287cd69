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
    "files": "which files newscast reads, and what it takes from them",
    "commands": "every command, exit statuses, JSON, completion",
    "settings": "settings, keys, themes, environment variables, where things are kept",
    "cast": "how names, nominals and pronouns are found, and how to correct them",
    "library": "checks, repairs, lost articles, backup",
    "server": "how to let many people read over SSH",
}
"""Each page's name and what is on it, in the order in which they are listed."""
pages = Path(__file__).with_name("docs")
"""The folder of the pages: in a checkout a link to docs/, in a wheel a copy of it."""
_width = max(map(len, topics))
_longest_topic = 60  # characters of an unknown one that are repeated


def complete_topic(context: click.Context, parameter: click.Parameter, typed: str) -> list[CompletionItem]:  # noqa: ARG001 - click's signature
    """The topics that begin with what is typed."""
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
        raise click.UsageError(f"no topic “{asked}”; newscast help has {', '.join(topics)}")
    click.echo_via_pager((pages / f"{topic}.md").read_text("utf-8"))
