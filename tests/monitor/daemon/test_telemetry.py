"""What a collector of OpenTelemetry gets of a daemon, as the official protobufs read it."""

import signal
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from prometheus_client.parser import text_string_to_metric_families as prometheus

from checks.rules.calibration import Calibration
from config.errors import ConfigError
from config.loading import load
from config.telemetry import Signal
from monitor.bootstrap.history import open_history
from monitor.common import tracing
from monitor.daemon.assembly import assemble
from monitor.daemon.front import open_front
from monitor.daemon.telemetry import OtlpTelemetry
from tests.support.chat_log import END, write_config, write_log
from tests.support.clocks import SetClocks
from tests.support.http import get_text
from tests.support.receiver import Call, Receiver, Reply
from tests.support.waiting import wait_until

HEADER: Final = "s3cr3t-of-the-collector"
USERS_WORDS: Final = "my pin is 4711, please help"


def _judge(call: Call) -> Reply:
    known = call.path in {"/v1/traces", "/v1/metrics"} and call.headers["content-type"] == "application/x-protobuf"
    return Reply(200 if known and call.headers.get("api-key") == HEADER else 400)


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """A collector that the environment names."""
    with Receiver(_judge) as receiver:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.origin)
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", f"api-key={HEADER}")
        monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "50")
        monkeypatch.setenv("OTEL_METRIC_EXPORT_INTERVAL", "200")
        monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=night,service.name=overruled")
        monkeypatch.setenv("OTEL_SERVICE_NAME", "watcher")
        yield receiver


def _spans(collector: Receiver) -> list[Span]:
    requests = [ExportTraceServiceRequest.FromString(c.body) for c in collector.taken if c.path == "/v1/traces"]
    scopes = [scope for request in requests for each in request.resource_spans for scope in each.scope_spans]
    return [span for scope in scopes for span in scope.spans]


def _values(attributes: Iterable[KeyValue]) -> dict[str, str | int | float]:
    return {each.key: getattr(each.value, str(each.value.WhichOneof("value"))) for each in attributes}


def _points(request: ExportMetricsServiceRequest) -> dict[tuple[str, frozenset[tuple[str, object]]], float]:
    scopes = [scope for each in request.resource_metrics for scope in each.scope_metrics]
    return {
        (
            f"{metric.name}_total" if metric.HasField("sum") else metric.name,
            frozenset(_values(point.attributes).items()),
        ): (point.as_double if point.HasField("as_double") else point.as_int)
        for scope in scopes
        for metric in scope.metrics
        for point in (metric.sum if metric.HasField("sum") else metric.gauge).data_points
    }


def test_a_look_its_parts_and_what_is_told_of_it_are_one_trace_and_metrics_are_those_of_slash_metrics(
    tmp_path: Path, collector: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise ValueError(USERS_WORDS)

    monkeypatch.setattr(Calibration, "run", crash)  # a fault of ours that quotes a user
    write_log(tmp_path / "logs", each_day=40)
    settings = load(write_config(tmp_path))
    history = open_history(settings)
    daemon = assemble(settings, history, open_front(settings.web), SetClocks(END).both)
    daemon.start()
    try:
        wait_until(lambda: "deliver" in {span.name for span in _spans(collector)}, 30)
        host, port = daemon.lasting.front.web.address
        shown = get_text(f"http://{host}:{port}/metrics")
        later = len(collector.taken) + 2
        wait_until(lambda: any(call.path == "/v1/metrics" for call in collector.taken[later:]), 30)
        measured = next(call.body for call in reversed(collector.taken) if call.path == "/v1/metrics")
    finally:
        began = time.monotonic()
        daemon.stop(signal.SIGTERM, 8)
        assert time.monotonic() - began < 8
        history.close()

    spans = _spans(collector)
    look = next(span for span in spans if span.name == "look")
    below = [span for span in spans if span.trace_id == look.trace_id and span.parent_span_id == look.span_id]
    assert {span.name for span in below} == {"count", "judge", "advise", "keep", "deliver"}
    assert _values(look.attributes)["tunewatch.monitor"] == "support-bot"
    assert (
        _values(look.attributes)["tunewatch.open_incidents"] == 2
    )  # one of them, of the check that crashed, is not told yet
    told = next(span for span in below if span.name == "deliver")
    assert _values(told.attributes).items() >= {"tunewatch.channel": "console", "tunewatch.told": "opened"}.items()

    failed = [span for span in spans if span.status.code == Status.STATUS_CODE_ERROR]
    assert {_values(span.attributes)["tunewatch.check"] for span in failed} == {"calibration"}
    event = failed[0].events[0]
    assert (event.name, _values(event.attributes)["exception.type"]) == ("exception", "ValueError")
    assert "in crash" in str(_values(event.attributes)["exception.stacktrace"])

    request = ExportMetricsServiceRequest.FromString(measured)
    resource = _values(request.resource_metrics[0].resource.attributes)
    assert (resource["service.name"], resource["deployment.environment.name"]) == ("watcher", "night")
    assert resource["service.instance.id"]
    sent = _points(request)
    samples = [sample for family in prometheus(shown) for sample in family.samples]
    assert {(each.name, frozenset(each.labels.items())) for each in samples} == set(sent)
    changing = ("_age_seconds", "looks_total", "duration_seconds")
    assert {
        (each.name, frozenset(each.labels.items())): each.value for each in samples if not each.name.endswith(changing)
    }.items() <= sent.items()

    everything = b"".join(call.body for call in collector.calls)
    assert HEADER.encode() not in everything
    assert USERS_WORDS.encode() not in everything


def test_a_look_that_fails_is_a_span_that_says_why(tmp_path: Path, collector: Receiver) -> None:
    settings = load(write_config(tmp_path))  # of a log that is not there
    history = open_history(settings)
    daemon = assemble(settings, history, open_front(settings.web))
    daemon.start()
    wait_until(lambda: _spans(collector), 30)
    daemon.stop(signal.SIGTERM, 8)
    history.close()
    look = next(span for span in _spans(collector) if span.name == "look")
    assert look.status.code == Status.STATUS_CODE_ERROR
    said = _values(look.events[0].attributes)
    assert said["exception.type"] == "monitor.common.errors.SourceError"
    assert "predictions.parquet" in str(said["exception.message"])


def test_a_collector_that_does_not_answer_holds_no_end_up(collector: Receiver) -> None:
    collector.drop(obeyed=False, seconds=5)
    telemetry = OtlpTelemetry(frozenset(Signal), 60, "1.2")
    telemetry.start()
    try:
        with tracing.span("look"):
            pass
        wait_until(lambda: collector.calls)
    finally:
        began = time.monotonic()
        telemetry.stop(0.5)
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("OTEL_BSP_MAX_QUEUE_SIZE", "-1", "positive"),
        ("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "many", "many"),
    ],
)
@pytest.mark.usefixtures("collector")
def test_what_the_sdk_refuses_is_a_fault_of_the_configuration(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError, match=f"{name}.*: one of them is refused by the SDK: .*{said}"):
        OtlpTelemetry(frozenset(Signal), 60, "1.2").start()


def test_without_a_variable_nothing_of_the_sdk_is_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "")
    settings = load(write_config(tmp_path))
    history = open_history(settings)
    front = open_front(settings.web)
    assert assemble(settings, history, front).lasting.telemetry is None
    front.web.stop(1)
    history.close()
    with tracing.span("look") as begun:
        assert isinstance(begun, tracing.Untraced)
