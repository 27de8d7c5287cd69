"""The output of commands: lines, JSON Lines, and progress."""

from __future__ import annotations

import json
import os
import sys
import traceback
from itertools import groupby
from typing import TYPE_CHECKING, Any, TypeVar

import click

from search import NewscastError, make_safe_line
from tui.settings import find_state_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from search import Progress

Item = TypeVar("Item")

_longest_message = 400  # characters

json_option = click.option("--json", "as_json", is_flag=True, help="JSON Lines on stdout, nothing else.")


def print_json(fields: dict[str, Any]) -> None:
    """Print an object as one line of JSON."""
    # JSON Lines are UTF-8, whatever the locale says.
    sys.stdout.buffer.write(json.dumps(fields, ensure_ascii=False).encode() + b"\n")


def mark_spans(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with those spans bold, where stdout is a terminal; one may lie within another."""
    if not sys.stdout.isatty():
        return text
    parts, at = [], 0
    for start, end in sorted(spans):
        if end > at:
            parts += [text[at:start], click.style(text[max(at, start) : end], bold=True)]
            at = end
    return "".join([*parts, text[at:]])


def say(text: str) -> None:
    """Print a line on stderr, made safe, after flushing stdout."""
    sys.stdout.flush()
    click.echo(make_safe_line(text), err=True)


def shorten(text: str) -> str:
    """Cut a message to a readable length."""
    return text if len(text) <= _longest_message else f"{text[:_longest_message]}…"


def describe_os_error(error: OSError) -> str:
    """Describe an error of the system, with the file it concerns."""
    if isinstance(error, FileNotFoundError) and error.filename is None:
        return "the present folder does not exist any more; change to another one"
    what = error.strerror or type(error).__name__
    return f"{os.fsdecode(error.filename)}: {what}" if isinstance(error.filename, str | bytes) else what


def describe_crash(error: Exception) -> str:
    """Describe an unexpected error in one line, and write its traceback to the crash log."""
    said = f"stopped by an error of its own, {type(error).__name__}"
    try:
        log = find_state_folder() / "crash.log"
        log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        log.write_text("".join(traceback.format_exception(error)), encoding="utf-8", errors="backslashreplace")
    except (OSError, NewscastError):
        return f"{said}: {error}"
    return f"{said}; the whole of it is in {log}"


def show_progress(steps: Iterable[Progress]) -> Iterator[Progress]:
    """The same steps, with a bar on stderr for each kind of work if that is a terminal."""
    if not sys.stderr.isatty():
        yield from steps
        return
    for what, some in groupby(steps, key=lambda step: step.what):
        with click.progressbar(length=1, label=what, file=sys.stderr, show_pos=True) as bar:
            for step in some:
                bar.length = max(1, step.total)
                bar.update(step.done - bar.pos)
                yield step


def show_count(items: Iterable[Item], what: str) -> Iterator[Item]:
    """The same items, counted on stderr while stdout goes elsewhere; how many there will be is not known."""
    if not sys.stderr.isatty() or sys.stdout.isatty():
        yield from items
        return
    with click.progressbar(items, label=what, file=sys.stderr, show_pos=True, show_percent=False) as bar:
        yield from bar
