"""What is lost without each statistical mechanism: false alarms, days to detection, coverage of intervals.

    python -m bench.ablation.table --write
    python -m bench.ablation.table --only 'informative'     # mechanisms with that in their name
    python -m bench.ablation.table --logs DIR               # with the two real logs as well

Each world is played once with everything on, and with each mechanism off on the very same messages and labels. What is
played, how a mechanism is switched off, and when it is said to pay, is in docs/statistics/ablation.md.
"""

import argparse
import os
import pickle
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from bench.ablation import looks, samples
from bench.ablation.looks import WITH, Healthy, switched
from bench.ablation.mechanisms import COMPLAINED, EVERY_SAMPLE, MECHANISMS, MOVED, ONE_UNLABELLED, Mechanism
from bench.ablation.outcome import Outcome, Row, gains
from bench.ablation.real_logs import NAMES, play_log
from bench.ablation.trials import PLAYS, TRIALS, Trial
from bench.ablation.worlds import FALLS, HEALTHY, HEALTHY_LOGS, LOGS, QUEUES, WATCHED, WINDOWS, World
from bench.tables import add_write, table

SAMPLES: Final = (*EVERY_SAMPLE, ONE_UNLABELLED, MOVED, COMPLAINED)


@dataclass(frozen=True)
class Sizes:
    """How much is played: days and logs of healthy bots, onsets and the days they are watched, windows and queues."""

    healthy: int = HEALTHY
    logs: int = HEALTHY_LOGS
    falls: int = FALLS
    windows: int = WINDOWS
    queues: int = QUEUES
    watched: int = WATCHED
    part: float = 1.0  # of the trials


TINY: Final = Sizes(2, 1, 1, 2, 1, 1, 0.02)
"""To see that all of it runs."""


@dataclass(frozen=True)
class Job:
    """One thing to play in a process of its own. It names its world and mechanisms, since switches cannot be sent."""

    kind: str
    world: str
    names: tuple[str, ...]
    sizes: Sizes
    seed: int = 0
    fall: str = ""


def play(job: Job) -> dict[str, Any]:
    """Do one job."""
    chosen = [one for one in MECHANISMS if one.name in job.names]
    switches = switched({one.name: one.switch for one in chosen})
    if job.kind == "sample":
        windows = job.sizes.queues if job.world in samples.QUEUES else job.sizes.windows
        return samples.play(job.world, switches, windows)
    if job.kind == "trial":
        return PLAYS[job.world](job.sizes.part)
    if job.kind == "log":
        return play_log(Path(job.world), switches)
    world = next(one for one in LOGS if one.name == job.world)
    if job.kind == "healthy":
        return looks.play_healthy(world, switches, job.sizes.healthy, job.seed)
    fall = next(one for one in world.falls if one.name == job.fall)
    return looks.play_fall(world, fall, switches, job.seed, job.sizes.watched)


def jobs(chosen: Sequence[Mechanism], trials: Sequence[Trial], sizes: Sizes, real: Path | None) -> Iterator[Job]:
    """What there is to play for some mechanisms; the longest first."""
    for log in NAMES if real is not None else ():
        yield Job("log", f"{real}/{log}", tuple(one.name for one in chosen if one.worlds), sizes)
    for world in LOGS:
        yield from _of_world(world, tuple(one.name for one in chosen if world in one.worlds), sizes)
    for name, same in groupby(trials, lambda trial: trial.play.__name__):
        yield Job("trial", name, tuple(trial.name for trial in same), sizes)
    for sample in SAMPLES:
        if names := tuple(one.name for one in chosen if sample in one.samples):
            yield Job("sample", sample, names, sizes)


def _of_world(world: World, names: tuple[str, ...], sizes: Sizes) -> Iterator[Job]:
    for seed in range(sizes.logs if names else 0):
        yield Job("healthy", world.name, names, sizes, seed)
    for fall in world.falls if names else ():
        for seed in range(sizes.falls):
            yield Job("fall", world.name, names, sizes, seed, fall.name)


def rows(played: Iterable[tuple[Job, Any]]) -> list[Row]:
    """A row for each mechanism and world, in the order of the mechanisms."""
    healthy: dict[str, list[dict[str, Healthy]]] = {}
    days: dict[str, dict[str, list[dict[str, float]]]] = {}
    names: dict[str, tuple[str, ...]] = {}
    found: list[Row] = []
    for job, result in played:
        if job.kind == "trial":
            found += _of_trials(job, result)
        elif job.kind in ("sample", "log"):
            found += _beside(Path(job.world).name, result)
        else:
            names[job.world] = job.names
            if job.kind == "healthy":
                healthy.setdefault(job.world, []).append(result)
            else:
                days.setdefault(job.world, {}).setdefault(job.fall, []).append(result)
    for world, own in names.items():
        outcomes = {
            name: looks.outcome(
                [log[name] for log in healthy.get(world, [])],
                {fall: [one[name] for one in onsets] for fall, onsets in days.get(world, {}).items()},
            )
            for name in (WITH, *own)
        }
        found += _beside(world, outcomes)
    order = [*(one.name for one in MECHANISMS), *(one.name for one in TRIALS)]
    worlds = [*(one.name for one in LOGS), *SAMPLES, *NAMES, *(one.world for one in TRIALS)]
    return sorted(found, key=lambda row: (order.index(row.mechanism), worlds.index(row.world)))


def _of_trials(job: Job, outcomes: Mapping[str, Outcome]) -> list[Row]:
    trials = (one for one in TRIALS if one.name in job.names)
    return [Row(one.name, one.world, outcomes[WITH], outcomes[one.name]) for one in trials]


def _beside(world: str, outcomes: Mapping[str, Outcome]) -> list[Row]:
    return [Row(name, world, outcomes[WITH], outcome) for name, outcome in outcomes.items() if name != WITH]


def verdict(found: Sequence[Row]) -> str:
    """What all rows of one mechanism say of it."""
    pays = sum(bool(row.losses) for row in found)
    costs = sum(bool(gains(row.with_it, row.without)) for row in found)
    if not pays:
        return "does not pay" if costs else "changes nothing by the rule"
    return f"pays in {pays} of {len(found)}" + (f", costs in {costs}" if costs else "")


def show(found: Sequence[Row]) -> None:
    """Print both tables in Markdown."""
    names = list(dict.fromkeys(row.mechanism for row in found))
    off = {one.name: (one.off, one.page) for one in MECHANISMS} | {one.name: (one.off, one.page) for one in TRIALS}
    print("| mechanism | without it | verdict | lost without it |\n|" + " --- |" * 4)
    for name in names:
        own = [row for row in found if row.mechanism == name]
        lost = "; ".join(f"{row.world}: {', '.join(row.losses)}" for row in own if row.losses)
        how, page = off[name]
        print(f"| [{name}](../{page}.md) | {how} | {verdict(own)} | {lost} |")
    print("\nFalse alarms a year (part of the looks), days in the median, intervals that hold the truth (width):\n")
    columns = "false alarms | without | days until told | without | intervals | without | lost | better"
    print(f"| mechanism | world | {columns} |")
    print("|" + " --- |" * 10)
    shown = [row for row in found if row.world not in NAMES or row.with_it.cells != row.without.cells]
    for row in shown:
        cells = [cell for pair in zip(row.with_it.cells, row.without.cells, strict=True) for cell in pair]
        better = ", ".join(gains(row.with_it, row.without))
        print(f"| {row.mechanism} | {row.world} | {' | '.join(cells)} | {', '.join(row.losses)} | {better} |")
    if left := len(found) - len(shown):
        print(
            f"\nOn a real log nothing at all changes in {left} more pairs of a mechanism and a log, which are left out."
        )


def run(todo: Sequence[Job], workers: int, keep: Path | None = None) -> list[tuple[Job, Any]]:
    """Play the jobs, some at once. What `keep` has is not played again, and what is played is added to it."""
    done = _kept(keep)
    rest = [job for job in todo if job not in done]
    for job, result in _played(rest, workers):
        done[job] = result
        if keep is not None:
            with keep.open("ab") as file:
                pickle.dump((job, result), file)
    return [(job, done[job]) for job in todo]


def _played(todo: Sequence[Job], workers: int) -> Iterator[tuple[Job, Any]]:
    if workers == 1:
        yield from ((job, play(job)) for job in todo)
        return
    with ProcessPoolExecutor(workers) as pool:
        jobs_of = {pool.submit(play, job): job for job in todo}
        for future in as_completed(jobs_of):
            yield jobs_of[future], future.result()


def _kept(keep: Path | None) -> dict[Job, Any]:
    found: dict[Job, Any] = {}
    if keep is not None and keep.exists():
        with keep.open("rb") as file:
            while file.peek(1):
                job, result = pickle.load(file)  # noqa: S301 - a file of one's own
                found[job] = result
    return found


def main() -> None:
    """Run as a command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="mechanisms with this in their name")
    parser.add_argument("--logs", type=Path, help="the folder that the two real logs are in")
    parser.add_argument("--tiny", action="store_true", help="to see that it runs; the figures mean nothing")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes")
    parser.add_argument("--keep", type=Path, help="a file that keeps what is played, to go on with")
    add_write(parser)
    given = parser.parse_args()
    sizes = TINY if given.tiny else Sizes()
    chosen = [one for one in MECHANISMS if given.only in one.name]
    trials = [one for one in TRIALS if given.only in one.name]
    todo = list(jobs(chosen, trials, sizes, given.logs))
    with table("ablation", write=given.write):
        show(rows(run(todo, given.workers, given.keep)))


if __name__ == "__main__":
    main()
