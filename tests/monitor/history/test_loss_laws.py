"""Laws of what a log loses: whatever happens to it, in any order, against a plain model of what it ever told."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.history import History
from monitor.log.prediction_log import PredictionLog
from tests.support.history import days_that_differ, rows
from tests.support.kept_counts import opened
from tests.support.logs import Label, Log, Prediction, TableLog
from tests.support.looking import look
from tests.support.messy_logs import START

HOUR = timedelta(hours=1)
QUIET = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
Numbers = tuple[int, int, int]
NUMBERS = st.tuples(st.integers(0, 5), st.integers(0, 40), st.integers(1, 6))


class World:
    """A log, what was taken out of it, and what it ever told: the ids of each hour, and those with a label."""

    def __init__(self) -> None:
        self.now = START + 30 * HOUR
        self.log = Log()
        self.lost: list[Prediction] = []
        self.lost_labels: list[Label] = []
        self.ever: dict[datetime, set[int | None]] = {}
        self.ever_labelled: dict[datetime, set[int | None]] = {}
        self.broken: set[datetime] = set()
        self._next = 0
        for hour in range(6):
            for _ in range(6):
                self._predict(START + hour * HOUR)
        for row in self.log.predictions[::2]:
            self._label(row, "x", START + 20 * HOUR)

    def new_rows(self, n: Numbers) -> None:
        """Predictions and labels that come after the last look."""
        at = self.now + timedelta(minutes=1)
        for _ in range(n[2]):
            self._predict(at)
        for row in self._some(n):
            self._label(row, "y", at)

    def late_rows(self, n: Numbers) -> None:
        """Predictions of an hour that has lost nothing."""
        at = START + n[0] * HOUR
        if at not in self.broken:
            for _ in range(n[2]):
                self._predict(at)

    def rotate(self, n: Numbers) -> None:
        """The oldest rows go; their labels stay."""
        self._lose(sorted(self.log.predictions, key=lambda row: str(row.ts))[: n[1] // 2])

    def erase(self, n: Numbers) -> None:
        """Some rows go."""
        self._lose(self._some(n))

    def come_back(self, n: Numbers) -> None:
        """Rows that were lost are there again."""
        back, self.lost = self.lost[: n[1]], self.lost[n[1] :]
        self.log.predictions += back

    def lose_labels(self, n: Numbers) -> None:
        """Label rows go."""
        gone = self.log.labels[n[1] : n[1] + n[2]]
        self.lost_labels += gone
        self.log.labels = [row for row in self.log.labels if row not in gone]

    def labels_come_back(self, n: Numbers) -> None:
        """Label rows that were lost are there again."""
        back, self.lost_labels = self.lost_labels[: n[2]], self.lost_labels[n[2] :]
        self.log.labels += back

    def edit(self, n: Numbers) -> None:
        """Rows are written anew with another class."""
        some = {row.prediction_id for row in self._some(n)}
        self.log.predictions = [
            replace(row, predicted=f"edited {n[0]}") if row.prediction_id in some else row
            for row in self.log.predictions
        ]

    def relabel(self, n: Numbers) -> None:
        """Labels are written anew with another class."""
        self.log.labels[n[1] : n[1] + n[2]] = [
            replace(row, label=f"again {n[0]}") for row in self.log.labels[n[1] : n[1] + n[2]]
        ]

    def see(self) -> None:
        """What a look now can know."""
        labelled = {row.prediction_id for row in self.log.labels}
        for row in self.log.predictions:
            hour = _hour(row)
            self.ever.setdefault(hour, set()).add(row.prediction_id)
            if str(row.prediction_id) in labelled:
                self.ever_labelled.setdefault(hour, set()).add(row.prediction_id)

    def _some(self, n: Numbers) -> list[Prediction]:
        return self.log.predictions[n[1] : n[1] + n[2]]

    def _lose(self, gone: list[Prediction]) -> None:
        self.lost += gone
        self.broken |= {_hour(row) for row in gone}
        self.log.predictions = [row for row in self.log.predictions if row not in gone]

    def _predict(self, at: datetime) -> None:
        number, self._next = self._next, self._next + 1
        self.log.predictions.append(
            Prediction(number, at, "ab"[number % 2], 90.0 + number, channel="pq"[number % 3 // 2])
        )

    def _label(self, row: Prediction, label: str, at: datetime) -> None:
        self.log.labels.append(Label(str(row.prediction_id), label, at))


def _hour(row: Prediction) -> datetime:
    assert row.ts is not None
    return row.ts.replace(minute=0, second=0, microsecond=0)


EVENTS: tuple[Callable[[World, Numbers], None], ...] = (
    World.new_rows,
    World.late_rows,
    World.rotate,
    World.erase,
    World.come_back,
    World.lose_labels,
    World.labels_come_back,
    World.edit,
    World.relabel,
)
EVENT = st.tuples(st.sampled_from(EVENTS), NUMBERS)


class Kept:
    """A history that looks at a world."""

    def __init__(self, folder: Path, world: World) -> None:
        self.url = f"sqlite:///{folder / 'history.db'}"
        self.history = History.open(self.url)
        self.place = TableLog(f"sqlite:///{folder / 'log.db'}")
        self.place.write(world.log)
        self.log: PredictionLog = opened(self.place)
        self.world = world

    def look(self) -> None:
        self.world.now += timedelta(minutes=20)
        self.world.see()
        self.place.write(self.world.log)
        look(self.history, self.log, self.world.now)

    def totals(self) -> dict[datetime, tuple[int, int]]:
        statement = "SELECT bucket, sum(n), sum(n_labelled) FROM total_cells GROUP BY bucket"
        return {START + timedelta(seconds=b - START.timestamp()): (n, m) for b, n, m in rows(self.url, statement)}

    def is_consistent(self) -> bool:
        """Whether every table has as many rows of each hour, and none has less than none."""
        of = "SELECT bucket_start, sum(n), min(n) FROM {} GROUP BY bucket_start ORDER BY bucket_start"
        outcomes, segments, latency = (
            rows(self.url, of.format(name)) for name in ("bucket_outcomes", "bucket_segments", "bucket_latency")
        )
        numbers = [[(bucket, n) for bucket, n, _ in found] for found in (outcomes, segments, latency)]
        is_same = numbers[0] == numbers[1] == numbers[2] and days_that_differ(self.url) == []
        return is_same and all(least > 0 for *_, least in outcomes + segments)


@contextmanager
def kept(empty: Path) -> Iterator[Kept]:
    with TemporaryDirectory() as folder:
        copy(empty, Path(folder) / "history.db")
        one = Kept(Path(folder), World())
        with closing(one.history):
            one.look()
            yield one


@QUIET
@given(st.lists(EVENT, min_size=3, max_size=7))
def test_with_a_look_after_each_event_every_row_ever_seen_counts_once(
    sqlite_history: Path, events: list[tuple[Callable[[World, Numbers], None], Numbers]]
) -> None:
    with kept(sqlite_history) as one:
        for event, numbers in events:
            event(one.world, numbers)
            one.look()
            expected = {
                hour: (len(ids), len(one.world.ever_labelled.get(hour, ()))) for hour, ids in one.world.ever.items()
            }
            assert one.totals() == expected
            assert one.is_consistent()


@QUIET
@given(st.lists(st.lists(EVENT, min_size=1, max_size=4), min_size=2, max_size=5))
def test_whatever_happens_between_looks_nothing_falls_and_nothing_counts_twice(
    sqlite_history: Path, stories: list[list[tuple[Callable[[World, Numbers], None], Numbers]]]
) -> None:
    with kept(sqlite_history) as one:
        before = one.totals()
        for story in stories:
            for event, numbers in story:
                event(one.world, numbers)
            one.look()
            totals = one.totals()
            for hour, (n, labelled) in before.items():
                assert totals[hour][0] >= n
                assert totals[hour][1] >= labelled
            for hour, (n, labelled) in totals.items():
                assert n <= len(one.world.ever[hour])
                assert labelled <= len(one.world.ever_labelled.get(hour, ()))
            assert one.is_consistent()
            before = totals


def test_the_model_counts_each_hour(sqlite_history: Path) -> None:
    with kept(sqlite_history) as one:
        assert Counter(one.totals().values()) == Counter({(6, 3): 6})
