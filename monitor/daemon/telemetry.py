"""Sends spans and metrics by OpenTelemetry's SDK, which its environment variables configure.

Whether they ask for it is told by `config.telemetry`; without the extra `otel` this module cannot be imported.
"""

import os
import threading
import time
import uuid
from collections.abc import Collection
from typing import Final

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from prometheus_client.registry import Collector

from config.errors import ConfigError, Problem
from config.telemetry import Signal
from monitor.common.logs import get_logger
from monitor.common.tracing import trace_with
from monitor.daemon.telemetry_metrics import MetricsSender
from monitor.daemon.telemetry_spans import Spans

_LOG: Final = get_logger(__name__)


class OtlpTelemetry:
    """Sends these signals from `start` to `stop`, metrics `every` so many seconds once some were shown."""

    def __init__(self, signals: Collection[Signal], every: float, version: str) -> None:
        self._signals = signals
        self._every = every
        self._version = version
        self._spans: TracerProvider | None = None
        self._metrics: MetricsSender | None = None

    def start(self) -> None:
        """Begin to send. Raises ConfigError where the SDK refuses a variable."""
        try:
            self._begin()
        except ValueError as error:
            given = ", ".join(sorted(name for name, value in os.environ.items() if name.startswith("OTEL_") and value))
            raise ConfigError([Problem("", f"one of them is refused by the SDK: {error}", given)]) from error
        _LOG.info("telemetry started", signals=sorted(self._signals))

    def _begin(self) -> None:
        resource = _resource(self._version)
        if Signal.TRACES in self._signals:
            self._spans = TracerProvider(resource=resource, shutdown_on_exit=False)
            self._spans.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
            trace_with(Spans(self._spans.get_tracer("tunewatch", self._version)).begin)
        if Signal.METRICS in self._signals:
            self._metrics = MetricsSender(OTLPMetricExporter(), resource, self._version, self._every)

    def show(self, metrics: Collector) -> None:
        """Send these metrics from now on."""
        if self._metrics is not None:
            self._metrics.shown = metrics

    def stop(self, within: float) -> None:
        """Send what is left, within so many seconds; what is under way then ends with the process."""
        trace_with(None)
        ends = [threading.Thread(target=each.shutdown, daemon=True) for each in (self._spans, self._metrics) if each]
        for end in ends:
            end.start()
        deadline = time.monotonic() + within
        for end in ends:
            end.join(max(deadline - time.monotonic(), 0))


def _resource(version: str) -> Resource:
    """What sends: two daemons are told apart, and what the environment says of it counts."""
    ours = {"service.name": "tunewatch", "service.version": version, "service.instance.id": str(uuid.uuid4())}
    return Resource.create(ours).merge(OTELResourceDetector().detect())
