import sys

import pytest

from config.errors import ConfigError
from config.telemetry import Signal, header_secrets, metrics_every, signals

COLLECTOR = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"}
BOTH = {Signal.TRACES, Signal.METRICS}


@pytest.mark.parametrize(
    ("variables", "asked"),
    [
        ({}, set()),
        ({"OTEL_SERVICE_NAME": "watcher", "OTEL_EXPORTER_OTLP_HEADERS": "api-key=abc"}, set()),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": " "}, set()),
        (COLLECTOR, BOTH),
        ({**COLLECTOR, "OTEL_SDK_DISABLED": "True"}, set()),
        ({**COLLECTOR, "OTEL_METRICS_EXPORTER": "none"}, {Signal.TRACES}),
        ({"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": "https://collector/v1/metrics"}, {Signal.METRICS}),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, {Signal.TRACES}),
        ({**COLLECTOR, "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"}, BOTH),
        ({**COLLECTOR, "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc", "OTEL_SDK_DISABLED": "true"}, set()),
    ],
)
def test_only_what_the_standard_variables_ask_for_is_sent(variables: dict[str, str], asked: set[Signal]) -> None:
    assert signals(variables) == asked


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"OTEL_TRACES_EXPORTER": "zipkin"}, "OTEL_TRACES_EXPORTER: is 'zipkin', and tunewatch knows otlp and none"),
        ({**COLLECTOR, "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, "OTEL_EXPORTER_OTLP_PROTOCOL: is 'grpc'"),
        (
            {**COLLECTOR, "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL": "grpc"},
            "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: is 'grpc'",
        ),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "collector:4318"}, "OTEL_EXPORTER_OTLP_ENDPOINT: is no address"),
    ],
)
def test_what_cannot_be_done_is_refused_by_the_name_of_its_variable(variables: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        signals(variables)
    (problem,) = refused.value.problems
    assert str(problem).startswith(said)


def test_what_is_asked_for_without_the_extra_is_refused_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter", None)  # as where it is not installed
    assert signals({}) == set()
    with pytest.raises(ConfigError, match=r"OTEL_EXPORTER_OTLP_ENDPOINT: .*pip install 'tunewatch\[otel\]'"):
        signals(COLLECTOR)


def test_metrics_are_sent_as_often_as_the_variable_says() -> None:
    assert (metrics_every({}), metrics_every({"OTEL_METRIC_EXPORT_INTERVAL": "5000"})) == (60, 5)
    for text in ("soon", "0", "-1", "nan", "inf"):
        with pytest.raises(ConfigError, match="OTEL_METRIC_EXPORT_INTERVAL"):
            metrics_every({"OTEL_METRIC_EXPORT_INTERVAL": text})


def test_the_values_of_headers_are_secrets() -> None:
    given = {"OTEL_EXPORTER_OTLP_HEADERS": "api-key=abcdef,x=y z", "OTEL_EXPORTER_OTLP_TRACES_HEADERS": "k=t0ken%3D"}
    assert header_secrets(given) == {"abcdef", "y z", "t0ken%3D"}
    slip = {"OTEL_EXPORTER_OTLP_HEADERS": "x-team: hc4711hc4711,"}
    assert header_secrets(slip) == {"x-team: hc4711hc4711"}, "the SDK says so in the log, with all of it"
