"""How long a look of a back-test takes, with the log in memory as `tunewatch backtest` has it, and look by look.

    python -m bench.speed.backtest --looks 24 --write

A log of 30 days with 20 classes (`bench.speed.make_log`), looked at every 15 minutes from its 20th day on. The first
look counts all that was there until then, and is told apart. Times are of the processor, which a busy machine changes
less, and of everything a look does: to count, to read the history, to judge, to advise and to write.
"""

import argparse
import os
import statistics
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final, NamedTuple

from bench.speed.cycle import CONFIG, END, cached_log
from bench.tables import add_write, table
from monitor.bootstrap.configuration import load
from monitor.bootstrap.monitors import build_monitor
from monitor.common.logs import set_up_logging
from monitor.cycle.backtest import SimulatedTimes, play
from monitor.history.throwaway import throwaway_history

EVERY: Final = timedelta(minutes=15)
BEFORE_END: Final = timedelta(days=10)
QUARTER: Final = 90 * 24 * 4  # looks


class Played(NamedTuple):
    """Processor time of a back-test, in seconds: of its first look, and of one of those that follow (the median)."""

    first: float
    following: float


def played(log: Path, looks: int, *, replay: bool) -> Played:
    """Play so many looks, and the first one before them."""
    start = END - BEFORE_END
    file = log / "backtest.yaml"
    file.write_text(CONFIG.replace('"predictions*', f'"{log}/predictions*').replace('"labels*', f'"{log}/labels*'))
    with throwaway_history() as history:
        if replay:
            history.remember(sums_days=False)
        monitor = build_monitor(load(file), "bench", history, replay=replay)
        seconds = list(_seconds(play([monitor], SimulatedTimes(start, start + EVERY * looks, EVERY))))
        monitor.log.close()
    return Played(seconds[0], statistics.median(seconds[1:]))


def _seconds(reports: Iterator[object]) -> Iterator[float]:
    began = time.process_time()
    for _ in reports:
        now = time.process_time()
        yield now - began
        began = now


def run(sizes: Sequence[int], looks: int, plain: int) -> None:
    """Print the table."""
    print("| rows | first look, s | each look, ms | look by look: first, s | each, ms | 8,640 looks, min |")
    print("| --- | --- | --- | --- | --- | --- |")
    for rows in sizes:
        log = cached_log(rows, 10_000)
        memory, by_look = played(log, looks, replay=True), played(log, plain, replay=False)
        whole = (memory.first + QUARTER * memory.following) / 60
        ours, theirs = (f"{each.first:.1f} | {1000 * each.following:.0f}" for each in (memory, by_look))
        print(f"| {rows:,} | {ours} | {theirs} | {whole:.0f} |", flush=True)


def main() -> None:
    """Run as a command."""
    parser = argparse.ArgumentParser(prog="python -m bench.speed.backtest", description="Measure back-tests.")
    parser.add_argument("--rows", type=int, nargs="+", default=[25_000, 1_000_000], help="predictions in the log")
    parser.add_argument("--looks", type=int, default=24, help="looks with the log in memory (default: 24)")
    parser.add_argument("--plain", type=int, default=6, help="looks at the log itself (default: 6)")
    add_write(parser)
    arguments = parser.parse_args()
    set_up_logging("WARNING", "console")  # what a look tells of its studies is no part of the table
    with table("backtest", write=arguments.write):
        run(arguments.rows, arguments.looks, arguments.plain)
        busy, processors = os.getloadavg()[0], os.cpu_count()
        print(f"\nProcesses that wanted a processor meanwhile: {busy:.0f}, of {processors} processors.")


if __name__ == "__main__":
    main()
