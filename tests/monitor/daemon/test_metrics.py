"""What Prometheus reads, by its own parser."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as prometheus

from checks.rules.finding import Cause
from monitor.common.errors import HistoryError
from monitor.daemon.metrics import MOST_FIGURES, DaemonMetrics
from monitor.daemon.vitals import Vitals
from monitor.delivery.worker import Pulse
from monitor.history import CycleRecord, History
from monitor.history.notifications import Undelivered
from tests.support.clocks import SetClocks
from tests.support.history import at, estimate
from tests.support.incidents import T0, finding, opened

Samples = dict[str, float]


@pytest.fixture
def history() -> Iterator[History]:
    history = History.open("sqlite://")
    yield history
    history.close()


class World:
    """A daemon that watches two bots, of which one has looked."""

    def __init__(self, history: History) -> None:
        self.time = SetClocks(T0)
        self.waiting: tuple[Undelivered, ...] = ()
        self.unreachable = False
        self.vitals = Vitals({"support-bot": timedelta(minutes=15), "new": timedelta(minutes=15)}, self.time.ticks)
        critical = {"support-bot": frozenset({"urgent"}), "new": frozenset[str]()}
        self.metrics = DaemonMetrics(
            "1.2",
            self.vitals,
            lambda: Pulse.ALIVE,
            self._undelivered,
            history.queries,
            history.charted,
            critical,
            self.time.both,
        )

    def _undelivered(self) -> tuple[Undelivered, ...]:
        if self.unreachable:
            raise HistoryError("no route to host")
        return self.waiting

    def samples(self) -> Samples:
        """Each sample by its name and the values of its labels, in the order of the labels' names."""
        text = self.metrics.exposition("")[0].decode()
        found = (sample for family in prometheus(text) for sample in family.samples)
        return {
            " ".join((sample.name, *(value for _, value in sorted(sample.labels.items())))): sample.value
            for sample in found
        }


def test_it_tells_of_looks_deliveries_incidents_and_figures(history: History) -> None:
    lines = (
        estimate(value=0.98),
        estimate("recall", 0.12, "urgent", low=0.04, high=0.31),
        estimate("recall", None, "x"),
    )
    with history.transaction("support-bot") as transaction:
        transaction.record(CycleRecord(T0, lines, (finding(),), (opened(),)))
    world = World(history)
    world.vitals.succeeded("support-bot", T0, ("drift",), 1.5)
    world.vitals.failed("new", "no such file", Cause.UNREADABLE)
    world.waiting = (Undelivered("slack", 3, T0, "", None),)
    world.time.passes(timedelta(seconds=90))
    found = world.samples()
    told = {
        "tunewatch_info 1.2": 1,
        "tunewatch_look_age_seconds support-bot": 90,
        "tunewatch_look_age_limit_seconds support-bot": 2700,
        "tunewatch_look_duration_seconds support-bot": 1.5,
        "tunewatch_looks_total support-bot succeeded": 1,
        "tunewatch_looks_total new failed": 1,
        "tunewatch_crashed_checks support-bot": 1,
        "tunewatch_monitor_ready support-bot": 0,
        "tunewatch_monitor_condition support-bot crippled": 1,
        "tunewatch_monitor_condition new starting": 1,
        "tunewatch_delivery_alive": 1,
        "tunewatch_history_reachable": 1,
        "tunewatch_notifications_waiting slack": 3,
        "tunewatch_notifications_oldest_age_seconds slack": 90,
        "tunewatch_open_incidents quality support-bot critical": 1,
        "tunewatch_figure  accuracy support-bot": 0.98,
        "tunewatch_figure urgent recall support-bot": 0.12,
        "tunewatch_figure_low urgent recall support-bot": 0.04,
        "tunewatch_figure_high urgent recall support-bot": 0.31,
        "tunewatch_figure_labelled_rows x recall support-bot": 60,
    }
    assert {name: found.get(name) for name in told} == told
    assert "tunewatch_figure x recall support-bot" not in found  # not known is no number
    assert "tunewatch_look_age_seconds new" not in found


def test_openmetrics_is_told_to_whoever_asks_for_it(history: History) -> None:
    text, media_type = World(history).metrics.exposition("application/openmetrics-text; version=1.0.0")
    assert media_type.startswith("application/openmetrics-text")
    assert {family.name for family in openmetrics(text.decode())} >= {"tunewatch_looks", "tunewatch_history_reachable"}  # type: ignore[no-untyped-call]


def test_a_figure_that_did_not_change_since_the_last_look_is_told_all_the_same(history: History) -> None:
    """The history keeps its row of the hour's first look alone; of several windows the longest counts."""
    shorter = estimate(value=0.1, window_start=at(24))
    for minutes, lines in ((0, (estimate(value=0.7), shorter)), (15, (estimate(value=0.7), shorter))):
        with history.transaction("support-bot") as transaction:
            transaction.record(CycleRecord(T0 + timedelta(minutes=minutes), lines, (), ()))
    assert World(history).samples()["tunewatch_figure  accuracy support-bot"] == 0.7


def test_a_history_that_is_away_leaves_out_what_only_it_knows(history: History) -> None:
    world = World(history)
    world.unreachable = True
    found = world.samples()
    assert found["tunewatch_history_reachable"] == 0
    assert found["tunewatch_delivery_alive"] == 1
    assert not any(name.startswith(("tunewatch_figure", "tunewatch_open_incidents")) for name in found)


def test_of_too_many_classes_the_critical_ones_are_told_and_how_many_are_not(history: History) -> None:
    classes = [f"a{number}" for number in range(MOST_FIGURES)]
    lines = (estimate(), estimate("recall", 0.12, "urgent"), *(estimate("recall", 0.9, name) for name in classes))
    with history.transaction("support-bot") as transaction:
        transaction.record(CycleRecord(T0, lines, (), ()))
    found = World(history).samples()
    assert found["tunewatch_figures_left_out support-bot"] == 2
    assert found["tunewatch_figure urgent recall support-bot"] == 0.12
    assert sum(name.startswith("tunewatch_figure ") for name in found) == MOST_FIGURES


def test_what_is_worked_out_of_other_figures_displaces_none_of_them(history: History) -> None:
    classes = [f"a{number}" for number in range(MOST_FIGURES // 2)]
    metrics = ("f1", "precision", "recall", "recall_precision_gap")
    lines = tuple(estimate(metric, 0.9, name) for metric in metrics for name in (*classes, "urgent"))
    with history.transaction("support-bot") as transaction:
        transaction.record(CycleRecord(T0, lines, (), ()))
    found = World(history).samples()
    assert found["tunewatch_figures_left_out support-bot"] == len(lines) - MOST_FIGURES
    assert found["tunewatch_figure urgent f1 support-bot"] == 0.9
    told = Counter(name.split()[-2] for name in found if name.startswith("tunewatch_figure "))
    assert told == {"f1": 1, "recall_precision_gap": 1, "precision": len(classes) + 1, "recall": len(classes) - 3}
