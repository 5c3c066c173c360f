"""What OpenTelemetry's standard environment variables ask of the daemon; without one of them, nothing."""

from collections.abc import Mapping
from enum import StrEnum
from importlib.util import find_spec
from typing import Final

from config.errors import ConfigError, Problem

EXTRA: Final = ("opentelemetry.sdk", "opentelemetry.exporter")
"""What the extra `otel` installs."""

PROTOCOL: Final = "http/protobuf"


class Signal(StrEnum):
    """What can be sent."""

    TRACES = "traces"
    METRICS = "metrics"


def signals(variables: Mapping[str, str]) -> frozenset[Signal]:
    """What is to be sent. A variable that is empty is one that is not set, as the specification has it.

    Raises ConfigError where a variable asks for what tunewatch cannot do, and where the extra is not installed.
    """
    given = {name: value.strip() for name, value in variables.items() if name.startswith("OTEL_") and value.strip()}
    if given.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return frozenset()
    asked = {signal: name for signal in Signal if (name := _asked_by(signal, given))}
    problems = [problem for signal in asked for problem in _problems(signal, given)]
    if asked and not problems and not is_installed():
        message = (
            "asks for OpenTelemetry, whose SDK is not installed: pip install 'tunewatch[otel]', "
            "or set OTEL_SDK_DISABLED=true"
        )
        problems = [Problem("", message, name) for name in sorted(set(asked.values()))]
    if problems:
        raise ConfigError(list(dict.fromkeys(problems)))
    return frozenset(asked)


def header_secrets(variables: Mapping[str, str]) -> frozenset[str]:
    """The values of the headers that are sent along: one is a key, as a rule.

    What has no "=" is one as a whole: the SDK takes it for no header, and quotes it in the log.
    """
    headers = [
        value for name, value in variables.items() if name.startswith("OTEL_EXPORTER_OTLP_") and "HEADERS" in name
    ]
    pairs = (pair.partition("=") for header in headers for pair in header.split(","))
    return frozenset(text for name, sign, value in pairs if (text := (value if sign else name).strip()))


def metrics_every(variables: Mapping[str, str]) -> float:
    """Seconds between two exports of metrics. Raises ConfigError."""
    name, text = "OTEL_METRIC_EXPORT_INTERVAL", variables.get("OTEL_METRIC_EXPORT_INTERVAL", "").strip()
    try:
        milliseconds = float(text or 60_000)
    except ValueError:
        milliseconds = 0
    if not 0 < milliseconds < float("inf"):
        raise ConfigError([Problem("", f"is {text!r}, and not a number of milliseconds", name)])
    return milliseconds / 1000


def is_installed() -> bool:
    """Whether the extra is there."""
    return all(find_spec(name) is not None for name in EXTRA)


def _asked_by(signal: Signal, given: Mapping[str, str]) -> str | None:
    """The variable that asks for a signal: its exporter, or with none chosen an address."""
    chosen = f"OTEL_{signal.upper()}_EXPORTER"
    if chosen in given:
        return None if given[chosen].lower() == "none" else chosen
    addresses = (f"OTEL_EXPORTER_OTLP_{signal.upper()}_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
    return next((name for name in addresses if name in given), None)


def _problems(signal: Signal, given: Mapping[str, str]) -> list[Problem]:
    """What a signal's variables want that is not to be had; one of its own stands before the one of all signals."""

    def own(name: str) -> tuple[str, str]:
        first, second = f"OTEL_EXPORTER_OTLP_{signal.upper()}_{name}", f"OTEL_EXPORTER_OTLP_{name}"
        where = first if first in given else second
        return where, given.get(where, "")

    chosen = f"OTEL_{signal.upper()}_EXPORTER"
    exporter, (protocol_from, protocol), (address_from, address) = (
        given.get(chosen, ""),
        own("PROTOCOL"),
        own("ENDPOINT"),
    )
    problems = []
    if exporter and exporter.lower() != "otlp":
        problems.append(Problem("", f"is {exporter!r}, and tunewatch knows otlp and none", chosen))
    if protocol and protocol != PROTOCOL:
        problems.append(Problem("", f"is {protocol!r}, and tunewatch speaks {PROTOCOL} (port 4318)", protocol_from))
    if address and not address.lower().startswith(("http://", "https://")):
        problems.append(Problem("", "is no address that begins with http:// or https://", address_from))
    return problems
