"""Keys: a reader in a real terminal is given random keys, sizes and bytes while somebody else writes to its library."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from endurance.trial import root
from tests.terminal import Terminal

if TYPE_CHECKING:
    from endurance.trial import Trial

_keys = (
    "j", "k", "\r", "q", "g", "G", " ", "b", "/", "f", "@", "n", "N", "1", "2", "3", "\t", "]", "[", "}", "{", "p",
    "x", "m", "a",
    "i", "s", "u", "r", "o", "y", "?", "\x1b", "\x7f", "\x1b[A", "\x1b[B", "\x1b[5~", "\x1b[6~", "\x1b\x7f",
    "\x1b[1;3C", "*", "d", "D",
    "U", "!", "<", ">", "+", "-", "l", "\x0c", "harbour", "actor:assad", '"', "é", "中",
)  # fmt: skip
_bytes = (
    b"\xe9",
    b"\xff\xfe",
    b"\x1b[",
    b"\x1b]",
    b"\x1b[200~pasted \x1b[31m text\x1b[201~",
    b"\x1b[<0;5;5M",
    b"\x1b[8;999;999t",
)
_sizes = ((80, 24), (100, 30), (130, 40), (200, 60), (20, 5), (1, 1), (300, 10), (99, 30), (101, 30))
presses_per_trial = 250


def run(trial: Trial) -> None:
    """Press keys, then end the reader by a signal: it must have lived so long, and leave the terminal as it was."""
    library = trial.folder / "library"
    shutil.copytree(trial.pristine / "library", library)
    trial.count = 0
    while trial.count < presses_per_trial and not trial.failures:
        _read_for_a_while(trial, str(library))
    log = trial.folder / ".local" / "state" / "newscast" / "crash.log"
    errors = log.read_text().split(" UTC\n")[1:] if log.exists() else []
    # Textual's palette is not made for keys that come before its widgets; the reader logs its errors and goes on.
    own = [error for error in errors if "textual/command.py" not in error]
    trial.check(not own, f"an error of its own: {own[-1][-1_500:] if own else ''}")


def _read_for_a_while(trial: Trial, library: str) -> None:
    """One reader, until a key happens to leave it or enough have been pressed."""
    command = [sys.executable, "-P", "-m", "tui.cli", "--library", library]
    terminal = Terminal(command, environment={**trial.environment(), "PYTHONPATH": str(root)})
    pressed: list[str] = []
    try:
        terminal.wait_for("Kestrel", 60)  # a row of the list
        while terminal.process.poll() is None and trial.count < presses_per_trial:
            pressed.append(_press(trial, terminal, library))
            trial.count += 1
        if terminal.process.poll() is None:
            terminal.process.send_signal(signal.SIGTERM)
            status = terminal.wait_for_exit(30)
            # A "q" that the reader comes to just before the signal ends it first, with 0.
            expected = {128 + signal.SIGTERM, 0} if "'q'" in pressed else {128 + signal.SIGTERM}
            trial.check(status in expected, f"ended by SIGTERM with {status}, after {pressed[-30:]}")
        else:
            status = terminal.wait_for_exit(30)
            trial.check(status == 0, f"ended with {status}, after {pressed[-30:]}:\n{terminal.text}")
        trial.check(terminal.is_restored(), f"the terminal is not as it was, after {pressed[-30:]}")
    except AssertionError as error:
        trial.fail(f"hangs after {pressed[-30:]}: {error}")
    finally:
        terminal.end()


def _press(trial: Trial, terminal: Terminal, library: str) -> str:
    """Something that happens to a reader: a key, bytes that are none, another size, a library that changes."""
    chance = trial.random
    luck = chance.random()
    if luck < 0.03:
        size = chance.choice(_sizes)
        terminal.resize(*size)
        done = f"size {size}"
    elif luck < 0.06:
        data = chance.choice(_bytes)
        terminal.send(data)
        done = repr(data)
    elif luck < 0.07:
        _write(trial, library)
        done = "an article added"
    else:
        key = chance.choice(_keys)
        terminal.send(key.encode())
        done = repr(key)
    terminal.read(0.02)
    return done


def _write(trial: Trial, library: str) -> None:
    """Somebody else adds an article."""
    article = trial.folder / f"more{trial.random.getrandbits(30)}.txt"
    article.write_text(f"Ivo Bramwell is back\nIvo Bramwell came back to Elmsworth, says {article.stem}.\n")
    command = [sys.executable, "-P", "-m", "tui.cli", "--library", library, "add", str(article)]
    environment = {**trial.environment(), "PYTHONPATH": str(root)}
    # Two writers at once are refused in one line, which is what one of them gets here.
    subprocess.run(command, env=environment, cwd="/", check=False, capture_output=True)
