"""`make endurance`: runs the campaigns and prints the trials and failures of each. Exits with 1 if any failed."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
import traceback
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from os import cpu_count
from pathlib import Path

from endurance.library_copy import build_pristine
from endurance.trial import Trial

campaigns = {
    "kills": ("endurance.kills", 700),
    "damage": ("endurance.damage", 700),
    "full_disk": ("endurance.full_disk", 60),
    "rights": ("endurance.rights", 120),
    "documents": ("endurance.documents", 100),
    "queries": ("endurance.hostile_queries", 40),
    "keys": ("endurance.keys", 60),
    "telemetry": ("endurance.telemetry", 1),
}
"""The module and the usual number of trials of each campaign. A trial has 100 documents, or 500 queries."""


@dataclass(frozen=True)
class Told:
    """The result of a trial: how many cases it tried, and what failed."""

    number: int
    count: int
    failures: tuple[str, ...]


def run_trial(campaign: str, seed: int, number: int, pristine: Path) -> Told:
    """Run one trial in a temporary folder. Its random numbers depend only on the campaign, the seed and its number."""
    chance = random.Random(f"{campaign}/{seed}/{number}")  # noqa: S311 - a campaign is to be repeatable
    with tempfile.TemporaryDirectory(prefix="newscast-endurance") as folder:
        trial = Trial(number, chance, Path(folder), pristine)
        try:
            import_module(campaigns[campaign][0]).run(trial)
        except Exception:  # noqa: BLE001 - one trial that breaks off does not end the others
            trial.fail(f"broke off: {traceback.format_exc()}")
    return Told(number, trial.count, tuple(trial.failures))


def run_campaign(campaign: str, seed: int, numbers: range, pristine: Path, jobs: int) -> int:
    """Run the trials of a campaign, print a line about them, and return the number of failures."""
    find_obstacle = getattr(import_module(campaigns[campaign][0]), "find_obstacle", None)
    obstacle = find_obstacle() if find_obstacle else None
    if obstacle:
        print(f"{campaign:10}  skipped: {obstacle}", flush=True)
        return 0
    begun = time.monotonic()
    with ProcessPoolExecutor(jobs) as pool:
        waiting = [pool.submit(run_trial, campaign, seed, number, pristine) for number in numbers]
        told = [each.result() for each in waiting]
    failed = [each for each in told if each.failures]
    count = sum(each.count for each in told)
    print(f"{campaign:10}{count:8,} tried{len(failed):6,} failed{time.monotonic() - begun:8.0f} s", flush=True)
    for each in failed:
        for failure in each.failures:
            print(f"  {failure}")
        print(f'  again: make endurance ARGS="--seed {seed} --only {campaign} --trial {each.number}"', flush=True)
    return len(failed)


def main() -> int:
    """Parse the command line and run the campaigns. Return the exit status."""
    parser = argparse.ArgumentParser(prog="endurance", description=__doc__)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--only", choices=campaigns, action="append", help="this campaign; may be given again")
    parser.add_argument("--trial", type=int, help="this trial of each campaign and no other")
    parser.add_argument("--share", type=float, default=1.0, help="of the usual number of trials")
    parser.add_argument("--jobs", type=int, default=cpu_count() or 1)
    given = parser.parse_args()
    print(f"seed {given.seed}", flush=True)
    failed = 0
    with tempfile.TemporaryDirectory(prefix="newscast-endurance") as folder:
        pristine = Path(folder)
        build_pristine(pristine)
        for campaign in given.only or campaigns:
            usual = max(1, round(campaigns[campaign][1] * given.share))
            numbers = range(usual) if given.trial is None else range(given.trial, given.trial + 1)
            failed += run_campaign(campaign, given.seed, numbers, pristine, given.jobs)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
