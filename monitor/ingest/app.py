"""The receiver's web application: a request is answered with 200 once its rows are on the disk."""

import asyncio
import hmac
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any, Final

from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from config.ingest import OtlpSettings
from monitor.common.clock import Clock
from monitor.common.logs import get_logger
from monitor.ingest.otlp import Found, OtlpError, read_logs, read_traces
from monitor.ingest.receiver import BusyError, Receiver
from monitor.ingest.rows import MOST_TOLD, Batch, Label, Row, prediction_model, read_lines, read_rows
from monitor.ingest.spool import Kept, SpoolError, SpoolFullError, Stream

BODY_WITHIN: Final = 30.0
"""Seconds that a client may take to send a body."""

IN_HAND: Final = 48 * 2**20
"""Bytes of bodies that are read, or whose rows wait for the disk: rows take some five times as much memory."""

COME_AGAIN: Final = {"Retry-After": "2"}

_LOG = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """What is taken of clients: their token, the bytes of a body, unpacked, and the bytes of all bodies at a time."""

    token: str
    body: int
    in_hand: int = IN_HAND


class RefusedError(Exception):
    """The request is answered with a status and a reason; nothing of it was kept."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


Handler = Callable[[Request], Awaitable[Response]]


class Ingest:
    """The endpoints, over a receiver."""

    def __init__(
        self, receiver: Receiver, limits: Limits, clock: Clock, columns: tuple[str, ...], otlp: OtlpSettings | None
    ) -> None:
        self._receiver, self._limits, self._clock, self._columns, self._otlp = receiver, limits, clock, columns, otlp
        self._in_hand = 0
        self._models: dict[Stream, type[Row]] = {Stream.PREDICTIONS: prediction_model(columns), Stream.LABELS: Label}

    @property
    def in_hand(self) -> int:
        """Bytes of bodies that are held now."""
        return self._in_hand

    def app(self) -> Starlette:
        """The web application."""
        handlers: dict[str, Handler] = {f"/v1/{stream.value}": partial(self._lines, stream) for stream in Stream}
        if self._otlp is not None:
            handlers["/v1/traces"] = partial(self._spans, self._otlp)
            handlers["/v1/logs"] = partial(self._records, self._otlp)
        return Starlette(
            routes=[Route(path, self._guarded(handler), methods=["POST"]) for path, handler in handlers.items()]
        )

    def _guarded(self, handler: Handler) -> Handler:
        async def endpoint(request: Request) -> Response:
            request.state.bytes = 0
            try:
                self._check_token(request)
                return await handler(request)
            except RefusedError as refused:
                return JSONResponse({"error": str(refused)}, refused.status, headers=_headers(refused.status))
            except ClientDisconnect:
                return Response(status_code=400)
            finally:
                self._in_hand -= request.state.bytes

        return endpoint

    def _check_token(self, request: Request) -> None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        # Compared as bytes: `compare_digest` takes no text beyond ASCII.
        same = hmac.compare_digest(token.strip().encode(), self._limits.token.encode())
        if scheme.lower() != "bearer" or not same:
            raise RefusedError(401, "send the token of `ingest.token` as Authorization: Bearer …")

    async def _lines(self, stream: Stream, request: Request) -> Response:
        body = await self._body(request)
        batch = await run_in_threadpool(read_lines, body, self._models[stream], self._clock())
        kept = await self._keep(stream, batch)
        answer = {
            "accepted": kept.new,
            "repeated": kept.repeated,
            "differing": len(kept.differing),
            "rejected": len(batch.rejected),
        }
        if not batch.rejected and not kept.differing:
            return JSONResponse(answer)
        lines = [{"line": each.line, "why": each.why} for each in batch.rejected[:MOST_TOLD]]
        errors = [*lines, *({"id": key, "why": _DIFFERS} for key in kept.differing[:MOST_TOLD])]
        return JSONResponse({**answer, "errors": errors}, 422)

    async def _spans(self, mapping: OtlpSettings, request: Request) -> Response:
        read = partial(read_traces, mapping=mapping, columns=self._columns)
        rejected, why = await self._found(request, read)
        answer = ExportTraceServiceResponse()
        if rejected:
            answer.partial_success.rejected_spans = rejected
            answer.partial_success.error_message = why
        return _otlp_answer(request, answer)

    async def _records(self, mapping: OtlpSettings, request: Request) -> Response:
        rejected, why = await self._found(request, partial(read_logs, mapping=mapping))
        answer = ExportLogsServiceResponse()
        if rejected:
            answer.partial_success.rejected_log_records = rejected
            answer.partial_success.error_message = why
        return _otlp_answer(request, answer)

    async def _found(self, request: Request, read: Callable[..., Found]) -> tuple[int, str]:
        """Keep what was found; how many of it was not kept, and why the first was not."""
        body = await self._body(request)
        try:
            found = await run_in_threadpool(read, body, as_json=_is_json(request))
        except OtlpError as error:
            raise RefusedError(400, str(error)) from error
        rejected, whys = 0, []
        for stream, rows in ((Stream.PREDICTIONS, found.predictions), (Stream.LABELS, found.labels)):
            if not rows:
                continue
            batch = read_rows(rows, self._models[stream], self._clock())
            kept = await self._keep(stream, batch)
            rejected += len(batch.rejected) + len(kept.differing)
            whys += [each.why for each in batch.rejected[:1]] + [f"{key}: {_DIFFERS}" for key in kept.differing[:1]]
        return rejected, "; ".join(whys)

    async def _keep(self, stream: Stream, batch: Batch) -> Kept:
        if batch.rejected:
            first = batch.rejected[0]
            _LOG.warning("ingest rejected rows", stream=stream.value, rows=len(batch.rejected), line=first.line)
        if not batch.rows:
            return Kept(0, 0, ())
        try:
            kept = await asyncio.wrap_future(self._receiver.keep(stream, batch.rows))
        except BusyError as error:
            raise RefusedError(503, "more waits for the disk than is taken; send it again") from error
        except (SpoolFullError, SpoolError) as error:
            raise RefusedError(503, "the disk or the spool is full or cannot be written; send it again") from error
        if kept.differing:
            _LOG.warning("ingest rejected rows", stream=stream.value, rows=len(kept.differing), reason="id is taken")
        return kept

    async def _body(self, request: Request) -> bytes:
        """The body, unpacked; RefusedError where it is too large, too slow or packed otherwise."""
        packing = request.headers.get("content-encoding", "identity").lower()
        if packing not in ("identity", "gzip"):
            raise RefusedError(415, f"Content-Encoding {packing} is not read; send gzip, or none")
        parts: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(BODY_WITHIN):
                async for part in request.stream():
                    size += len(part)
                    if size > self._limits.body:
                        raise RefusedError(413, self._too_large)
                    self._take(request, len(part))
                    parts.append(part)
        except TimeoutError as error:
            raise RefusedError(408, f"the body did not come within {BODY_WITHIN:.0f} s") from error
        body = b"".join(parts)
        if packing == "identity":
            return body
        unpacked = self._unpacked(body)
        self._take(request, len(unpacked))
        return unpacked

    def _take(self, request: Request, size: int) -> None:
        """Count bytes that are held until the request is answered; RefusedError where there are too many."""
        if self._in_hand + size > max(self._limits.in_hand, 2 * self._limits.body):
            raise RefusedError(503, "more is being received than is taken at a time; send it again")
        self._in_hand += size
        request.state.bytes += size

    def _unpacked(self, body: bytes) -> bytes:
        unpacker = zlib.decompressobj(wbits=31)
        try:
            unpacked = unpacker.decompress(body, self._limits.body + 1)
        except zlib.error as error:
            raise RefusedError(400, f"the body is no gzip ({error})") from error
        if len(unpacked) > self._limits.body:
            raise RefusedError(413, self._too_large)
        if not unpacker.eof:
            raise RefusedError(400, "the body is no gzip (it ends too early)")
        return unpacked

    @property
    def _too_large(self) -> str:
        return f"the body has more than {self._limits.body // 2**20} MB (`ingest.max_body_mb`); send smaller batches"


_DIFFERS: Final = "another row was received under this id; the first one counts"


def _headers(status: int) -> dict[str, str]:
    return COME_AGAIN if status == HTTPStatus.SERVICE_UNAVAILABLE else {}


def _is_json(request: Request) -> bool:
    return "json" in request.headers.get("content-type", "")


def _otlp_answer(request: Request, answer: Any) -> Response:  # noqa: ANN401 - the generated classes
    if _is_json(request):
        return JSONResponse(MessageToDict(answer))
    return Response(answer.SerializeToString(), media_type="application/x-protobuf")
