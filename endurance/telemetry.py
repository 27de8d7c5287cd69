"""Telemetry: a process that annotates and keeps running must not use the network, even some seconds later."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from endurance.trial import root
from tests.test_privacy import find_network_calls

if TYPE_CHECKING:
    from endurance.trial import Trial

_lives_on = """
import sys, time
from search import annotate, parse_json
document = parse_json('{"id": "a", "title": "t", "paragraphs": ["Ivo Bramwell met the mayor. He left."]}')
next(iter(annotate([document])))
time.sleep(15)
"""
"""With telemetry on, onnxruntime looks up its host after nine seconds."""


def find_obstacle() -> str | None:
    """Find why this campaign cannot run on this machine; None if it can."""
    return None if shutil.which("strace") else "needs strace"


def run(trial: Trial) -> None:
    """Annotate under strace, and wait."""
    calls = trial.folder / "calls"
    command = ["strace", "-f", "-qq", "-e", "trace=network", "-o", str(calls), sys.executable, "-P", "-c", _lives_on]
    environment = {**trial.environment(), "PYTHONPATH": str(root)}
    done = subprocess.run(command, env=environment, cwd="/", check=False, capture_output=True)
    trial.check(done.returncode == 0, f"ended with {done.returncode}: {done.stderr.decode()[-600:]}")
    called = find_network_calls(trial.folder)
    trial.check(not called, f"calls: {called[:3]}")
