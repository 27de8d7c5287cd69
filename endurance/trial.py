"""One trial of a campaign: its folder, its random numbers, and its failures."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from random import Random

root = Path(__file__).parent.parent
most_memory = 1_500_000_000
"""The most bytes of address space that a command may use. If a document makes it use more, that is a failure."""
_statuses = frozenset({0, 1, 2})
_time_limit = 90


@dataclass(frozen=True)
class Ran:
    """The end of a command: its status (negative if a signal killed it), its output, whether it took too long."""

    status: int
    output: str
    messages: str
    timed_out: bool = False


@dataclass
class Trial:
    """A trial. `folder` is an empty folder for it; `pristine` has the library to copy."""

    number: int
    random: Random
    folder: Path
    pristine: Path
    count: int = 1
    failures: list[str] = field(default_factory=list)

    def fail(self, what: str) -> None:
        """Record a failure; the trial continues."""
        self.failures.append(what)

    def check(self, holds: bool, what: str) -> None:  # noqa: FBT001 - reads as an assertion
        """Record a failure unless the condition holds."""
        if not holds:
            self.fail(what)

    def environment(self) -> dict[str, str]:
        """Environment variables with this trial's folder as home. The settings there choose the quick recogniser."""
        settings = self.folder / "settings.toml"
        if not settings.exists():
            settings.write_text('recogniser = "rules"\n')
        return {
            "PATH": os.environ["PATH"], "HOME": str(self.folder), "LANG": "C.UTF-8", "TERM": "xterm-256color",
            "NEWSCAST_SETTINGS": str(settings),
        }  # fmt: skip

    def run(
        self, *arguments: str, statuses: frozenset[int] = _statuses, variables: Mapping[str, str] | None = None,
        prefix: Sequence[str] = (),
    ) -> Ran:  # fmt: skip
        """Run a newscast command. Record a failure for a traceback, a hang, or any status that is not expected."""
        return self.run_module("tui.cli", *arguments, statuses=statuses, variables=variables, prefix=prefix)

    def run_module(
        self, module: str, *arguments: str, statuses: frozenset[int] = frozenset({0}),
        variables: Mapping[str, str] | None = None, prefix: Sequence[str] = (),
    ) -> Ran:  # fmt: skip
        """Run a module in the same way."""
        command = [*prefix, sys.executable, "-P", "-m", module, *arguments]
        environment = {**self.environment(), "PYTHONPATH": str(root), **(variables or {})}
        ran = _run(command, environment)
        said = f"{module} {' '.join(arguments)}: status {ran.status}: {ran.messages[-600:]}"
        if ran.timed_out:
            self.fail(f"took over {_time_limit} s: {said}")
        elif ran.status not in statuses:
            self.fail(f"ended oddly: {said}")
        if "Traceback" in ran.messages or "Traceback" in ran.output:
            self.fail(f"a traceback: {said}")
        return ran


def _run(command: Sequence[str], environment: Mapping[str, str]) -> Ran:
    def limit_memory() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (most_memory, most_memory))

    with subprocess.Popen(
        command, env=environment, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        preexec_fn=limit_memory, start_new_session=True,  # noqa: PLW1509 - a trial's process has one thread
    ) as process:  # fmt: skip
        try:
            output, messages = process.communicate(timeout=_time_limit)
            timed_out = False
        except subprocess.TimeoutExpired:
            process.kill()
            output, messages = process.communicate()
            timed_out = True
    return Ran(
        process.returncode, output.decode("utf-8", "replace"), messages.decode("utf-8", "replace"),
        timed_out,
    )  # fmt: skip
