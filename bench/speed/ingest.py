"""How much the receiver takes, and whether it keeps it when it is killed.

    python -m bench.speed.ingest                   # rows and spans a second, and the peak of the daemon's memory
    python -m bench.speed.ingest --kills 2000      # kill it so often; every accepted row must be in the log once

Beside it, in the same run, what a program would do by itself: append each batch to a file and sync it.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, NamedTuple

import pyarrow.parquet as pq
from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span

from tests.support.ingesting import TOKEN, Client, lines
from tests.support.killed_ingest import play

CLIENTS: Final = 4  # connections at a time
TOGETHER: Final = 500  # rows of a request, or spans

SERVE: Final = """\
import os, signal, sys
from pydantic import SecretStr
from config.ingest import IngestSettings, OtlpSettings
from monitor.common.clock import MACHINE
from monitor.ingest.service import IngestService
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
otlp = OtlpSettings(predicted="app.intent", label="human_label")
service = IngestService(IngestSettings(folder=sys.argv[1], port=0, token=SecretStr(sys.argv[2]), otlp=otlp), MACHINE)
service.start()
print(service.address[1], flush=True)
signal.sigwait({signal.SIGTERM})
assert service.stop(120)
"""


class Measured(NamedTuple):
    """Rows, seconds until the last was answered, and the receiver's peak in bytes."""

    rows: int
    seconds: float
    peak: int


def rows(first: int, n: int) -> bytes:
    """Predictions as JSON lines."""
    return lines(
        {
            "id": f"m{number}",
            "at": "2026-03-01T06:00:00Z",
            "predicted": f"class {number % 20}",
            "text": f"message {number} " * 8,
            "confidence": number % 100 / 100,
            "latency_ms": 300.5,
            "prompt_version": "v7",
        }
        for number in range(first, first + n)
    )


def spans(first: int, n: int) -> bytes:
    """Spans of the protocol, as exporters send them."""
    made = [
        Span(
            trace_id=number.to_bytes(16),
            span_id=(number + 1).to_bytes(8),
            name="chat",
            start_time_unix_nano=1_772_344_800_000_000_000,
            end_time_unix_nano=1_772_344_800_250_000_000,
            attributes=[
                KeyValue(key="app.intent", value=AnyValue(string_value=f"class {number % 20}")),
                KeyValue(key="gen_ai.response.model", value=AnyValue(string_value="m-1")),
                KeyValue(key="gen_ai.usage.input_tokens", value=AnyValue(int_value=120)),
                KeyValue(key="gen_ai.input.messages", value=AnyValue(string_value=f"message {number} " * 8)),
            ],
        )
        for number in range(first, first + n)
    ]
    request = ExportTraceServiceRequest(resource_spans=[ResourceSpans(scope_spans=[ScopeSpans(spans=made)])])
    return request.SerializeToString()


def spans_as_json(first: int, n: int) -> bytes:
    """The same as JSON, whose ids are hexadecimal."""
    tree = MessageToDict(ExportTraceServiceRequest.FromString(spans(first, n)))
    for span in tree["resourceSpans"][0]["scopeSpans"][0]["spans"]:
        span.update({name: b64decode(span[name]).hex() for name in ("traceId", "spanId")})
    return json.dumps(tree).encode()


def load(path: str, make: Callable[[int, int], bytes], n: int, together: int) -> Measured:
    """Send `n` things from CLIENTS connections to a receiver in a process of its own; all must be in the log."""
    with tempfile.TemporaryDirectory(prefix="tunewatch-bench-") as folder:
        command = [sys.executable, "-c", SERVE, folder, TOKEN]
        receiver = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own program
        assert receiver.stdout is not None  # noqa: S101 - it is a pipe
        client = Client(f"http://127.0.0.1:{receiver.stdout.readline().strip()}", TOKEN)
        bodies = [make(first, together) for first in range(0, n, together)]
        start = time.perf_counter()
        kind = "application/json" if bodies[0].startswith(b"{") else "application/x-protobuf"
        with ThreadPoolExecutor(CLIENTS) as pool:
            answers = list(pool.map(lambda body: client.post(path, body, Content_Type=kind)[0], bodies))
        seconds = time.perf_counter() - start
        receiver.send_signal(signal.SIGTERM)
        _, status, usage = os.wait4(receiver.pid, 0)
        receiver.returncode = os.waitstatus_to_exitcode(status)
        found = sum(pq.read_metadata(file).num_rows for file in Path(folder, "predictions").glob("*.parquet"))
        if receiver.returncode or set(answers) != {200} or found != n:
            sys.exit(f"{path}: {found:,} of {n:,} in the log, answers {set(answers)}, ended with {receiver.returncode}")
        return Measured(n, seconds, usage.ru_maxrss * 1024)


def by_hand(n: int) -> Measured:
    """Append each batch to a file, and sync it."""
    bodies = [rows(first, TOGETHER) for first in range(0, n, TOGETHER)]
    with tempfile.TemporaryFile() as file:
        start = time.perf_counter()
        for body in bodies:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        return Measured(n, time.perf_counter() - start, 0)


def loads(n: int) -> Iterator[tuple[str, Measured]]:
    """What is measured, by name."""
    yield "append and sync a file, by hand", by_hand(n)
    yield f"JSON lines, {TOGETHER} a request", load("/v1/predictions", rows, n, TOGETHER)
    yield "JSON lines, 1 a request", load("/v1/predictions", rows, n // 50, 1)
    yield f"spans of OTLP, {TOGETHER} a request", load("/v1/traces", spans, n, TOGETHER)
    yield f"spans of OTLP/JSON, {TOGETHER} a request", load("/v1/traces", spans_as_json, n, TOGETHER)


def main() -> None:
    """Run as a command."""
    parser = argparse.ArgumentParser(prog="python -m bench.speed.ingest", description="Load and kill the receiver.")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=0)
    arguments = parser.parse_args()
    if arguments.kills:
        with tempfile.TemporaryDirectory(prefix="tunewatch-bench-") as folder:
            tally = play(Path(folder), arguments.kills)
        print(f"{arguments.kills:,} kills: {len(tally.accepted):,} rows accepted, {len(tally.lost)} lost, ", end="")
        print(f"{len(tally.repeated)} twice, {len(tally.invented)} never sent")
        sys.exit(1 if tally.lost or tally.repeated or tally.invented else 0)
    print(f"{'':38}{'rows':>10}{'seconds':>9}{'a second':>10}{'peak MB':>9}")
    for name, ran in loads(arguments.rows):
        print(f"{name:38}{ran.rows:10,}{ran.seconds:9.2f}{ran.rows / ran.seconds:10,.0f}{ran.peak / 1e6:9.0f}")


if __name__ == "__main__":
    main()
