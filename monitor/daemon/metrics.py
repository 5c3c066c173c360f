"""What `/metrics` answers: how the daemon does, and the newest figures, in Prometheus' and OpenMetrics' words."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, StateSetMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from monitor.common.clock import Clocks
from monitor.common.errors import UnreachableError
from monitor.daemon.configured import Configured
from monitor.daemon.vitals import Condition, Vitals
from monitor.delivery.worker import Pulse
from monitor.history.notifications import Undelivered
from monitor.history.queries.charted import Charted
from monitor.history.queries.queries import Queries
from monitor.people.listening import Listener

MOST_FIGURES: Final = 500
"""Figures of a monitor that are told: those without a class and those of critical classes first."""

_LAST: Final = frozenset({"f1", "recall_precision_gap"})
"""These stand behind the figures that they are worked out of, so that they displace none of them."""

Families = Iterator[GaugeMetricFamily | CounterMetricFamily | InfoMetricFamily | StateSetMetricFamily]


@dataclass(frozen=True, eq=False)  # the registry keeps it by its identity
class DaemonMetrics(Collector):
    """Collects when it is asked. `critical` are the critical classes of each monitor of this daemon."""

    version: str
    vitals: Vitals
    courier: Callable[[], Pulse]
    undelivered: Callable[[], Sequence[Undelivered]]
    queries: Queries
    charted: Charted
    critical: Mapping[str, frozenset[str]]
    clocks: Clocks
    listener: Listener | None = None
    configured: Configured | None = None

    def exposition(self, accept: str) -> tuple[bytes, str]:
        """What is told now, and its media type: OpenMetrics where `accept` asks for it, else Prometheus' text."""
        registry = CollectorRegistry()
        registry.register(self)
        encode, media_type = choose_encoder(accept)
        return encode(registry), media_type

    def describe(self) -> Families:
        """Names need no look at the history; nothing to say before the first question."""
        yield from ()

    def collect(self) -> Families:
        """All families. What needs the history is left out while that cannot be read, which is told."""
        yield InfoMetricFamily("tunewatch", "What runs.", {"version": self.version})
        yield from self._looks()
        yield GaugeMetricFamily(
            "tunewatch_delivery_alive",
            "1 while notifications are being delivered, 0 where the delivery died or is stuck.",
            value=float(self.courier() is Pulse.ALIVE),
        )
        if self.configured is not None:
            yield GaugeMetricFamily(
                "tunewatch_config_last_reload_successful",
                "1 where the newest configuration is in use, 0 where it was refused and the one before goes on.",
                value=float(self.configured.is_newest),
            )
            yield GaugeMetricFamily(
                "tunewatch_config_last_reload_success_timestamp_seconds",
                "When the configuration that is in use was read.",
                value=self.configured.loaded_at.timestamp(),
            )
        if self.listener is not None:
            yield GaugeMetricFamily(
                "tunewatch_slack_clicks_arrive",
                "1 while clicks on buttons in Slack come in, 0 where the connection is down.",
                value=float(self.listener.is_connected),
            )
        try:
            known = [*self._outbox(), *self._incidents(), *self._figures()]
        except UnreachableError:
            known = []
        reachable = GaugeMetricFamily(
            "tunewatch_history_reachable",
            "1 where the history could be read for this answer; else incidents, figures and the outbox are missing.",
            value=float(bool(known)),
        )
        yield from (reachable, *known)

    def _looks(self) -> Families:
        tick, now = self.clocks.ticks(), self.clocks.now()
        condition = StateSetMetricFamily(
            "tunewatch_monitor_condition", "The state of a monitor's looks, as /-/ready has it.", labels=["monitor"]
        )
        ready = _gauge("monitor_ready", "1 where what the monitor says can be relied on.", "monitor")
        age = _gauge("look_age_seconds", "Seconds since the last look that ended well.", "monitor")
        limit = _gauge("look_age_limit_seconds", "Age from which on a monitor is late.", "monitor")
        took = _gauge("look_duration_seconds", "Seconds that the last look that ended well took.", "monitor")
        looks = CounterMetricFamily("tunewatch_looks", "Looks since the start.", labels=["monitor", "outcome"])
        crashed = _gauge("crashed_checks", "Checks that crashed in the last look.", "monitor")
        for name, look in self.vitals.looks().items():
            state = look.condition(tick, now)
            condition.add_metric([name], {each.value: each is state for each in Condition})
            ready.add_metric([name], float(look.is_ready(tick, now)))
            limit.add_metric([name], look.patience.total_seconds())
            crashed.add_metric([name], len(look.crashed))
            looks.add_metric([name, "succeeded"], look.successes)
            looks.add_metric([name, "failed"], look.failures)
            if (seconds := look.age(tick)) is not None:
                age.add_metric([name], seconds)
            if look.seconds is not None:
                took.add_metric([name], look.seconds)
        yield from (condition, ready, age, limit, took, looks, crashed)

    def _outbox(self) -> Families:
        waiting = _gauge("notifications_waiting", "Notifications of open incidents not delivered yet.", "channel")
        oldest = _gauge("notifications_oldest_age_seconds", "Age of the oldest of them.", "channel")
        now = self.clocks.now()
        for each in self.undelivered():
            waiting.add_metric([each.channel], each.notifications)
            oldest.add_metric([each.channel], max((now - each.oldest).total_seconds(), 0.0))
        yield from (waiting, oldest)

    def _incidents(self) -> Families:
        incidents = _gauge("open_incidents", "Incidents that are open.", "monitor", "family", "severity")
        for each in self.queries.open_incidents(tuple(self.critical)):
            incidents.add_metric([each.monitor, each.family, each.severity], each.n)
        yield incidents

    def _figures(self) -> Families:
        labels = ("monitor", "metric", "class")
        value = _gauge("figure", "Newest figure of all predictions, as in metric_history.", *labels)
        low = _gauge("figure_low", "Lower end of its 95% interval.", *labels)
        high = _gauge("figure_high", "Upper end of its 95% interval.", *labels)
        labelled = _gauge("figure_labelled_rows", "Labelled rows that it rests on.", *labels)
        left_out = _gauge("figures_left_out", f"Figures beyond the first {MOST_FIGURES} of a monitor.", "monitor")
        for name, critical in self.critical.items():
            newest = self.charted.newest(name)
            figures = () if newest is None else newest.longest()
            first = {"", *critical}
            told = sorted(figures, key=lambda each: (each.class_name not in first, each.metric in _LAST))[:MOST_FIGURES]
            left_out.add_metric([name], len(figures) - len(told))
            for figure in told:
                names = [name, figure.metric, figure.class_name]
                labelled.add_metric(names, figure.n_labelled)
                for family, number in ((value, figure.value), (low, figure.low), (high, figure.high)):
                    if number is not None:
                        family.add_metric(names, number)
        yield from (value, low, high, labelled, left_out)


def _gauge(name: str, documentation: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"tunewatch_{name}", documentation, labels=labels)
