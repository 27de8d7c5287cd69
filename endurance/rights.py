"""Rights: if a file or folder must not be read, written or entered, newscast prints one line and no traceback."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from endurance.trial import Trial

_without_rights = (
    "setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner",
    "--inh-caps=-dac_override,-dac_read_search,-fowner",
)  # fmt: skip
"""Drops the capabilities with which root ignores file modes."""
_modes = (0o000, 0o111, 0o400, 0o444, 0o500, 0o555, 0o600)
_commands = (
    ("search", "harbour"),
    ("add",),
    ("doctor",),
    ("doctor", "--repair"),
    ("actors", "kestrel"),
    ("search", "is:unread"),
)


def find_obstacle() -> str | None:
    """Find why this campaign cannot run on this machine; None if it can."""
    return None if os.geteuid() == 0 and shutil.which("setpriv") else "needs root and setpriv, to give rights up"


def run(trial: Trial) -> None:
    """Remove rights from some of a reader's files and folders, and run commands as that reader."""
    library, articles = trial.folder / "library", trial.folder / "articles"
    shutil.copytree(trial.pristine / "library", library)
    shutil.copytree(trial.pristine / "articles", articles)
    state = trial.folder / ".local" / "state" / "newscast"
    state.mkdir(parents=True)
    trial.environment()
    chosen = trial.random.sample(
        [library, articles, trial.folder / "settings.toml", state, *library.rglob("*")],
        trial.random.randint(1, 3),
    )
    for path in chosen:
        path.chmod(trial.random.choice(_modes))
    what = ", ".join(f"{path.name} {path.stat().st_mode & 0o777:o}" for path in chosen)
    for command in trial.random.sample(_commands, 3):
        arguments = (*command, str(articles)) if command == ("add",) else command
        ran = trial.run("--library", str(library), *arguments, prefix=_without_rights)
        lines = [line for line in ran.messages.splitlines() if not line.startswith(("refused: ", "0 added"))]
        trial.check(len(lines) <= 2, f"{what}: {command}: too many lines: {ran.messages[-600:]}")
        trial.check(ran.status != 1 or bool(ran.messages or ran.output), f"{what}: {command} fails without a word")
