"""The daemon's own log: structured lines on stderr, without secrets and without the words of users."""

import logging
import sys
import threading
from typing import Final, Literal, TextIO

import structlog
from structlog.typing import Processor

from monitor.common.redact import redact_event

Format = Literal["auto", "json", "console"]

# Below these levels they log request bodies or every query, whatever level the operator sets for tunewatch.
_TAMED: Final = {
    "alembic": logging.WARNING,
    "apscheduler": logging.CRITICAL,  # its events are logged by `monitor.daemon.scheduling`, with their reason
    "asyncio": logging.WARNING,
    "httpcore": logging.WARNING,
    "httpx": logging.WARNING,  # it logs addresses, and those of webhooks are secrets
    "slack_sdk": logging.WARNING,
    "sqlalchemy": logging.WARNING,
    "uvicorn": logging.WARNING,
}


def set_up_logging(level: str, form: Format, stream: TextIO | None = None) -> None:
    """Send tunewatch's and the libraries' log to `stream` (stderr unless given), one line an event.

    `level` is a name that `logging` knows, in any case. With "auto" a terminal gets key=value lines and anything
    else gets JSON.
    """
    stream = stream or sys.stderr
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_formatter(as_json=is_json(form, stream), terminal=stream.isatty()))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name, least in _TAMED.items():
        logging.getLogger(name).setLevel(max(least, root.level))
    logging.captureWarnings(capture=True)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_shared(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def is_json(form: Format, stream: TextIO | None = None) -> bool:
    """Whether the log is JSON lines."""
    return form == "json" or (form == "auto" and not (stream or sys.stderr).isatty())


def log_uncaught() -> None:
    """Let what no thread catches, and what Python would only print, be events of the log."""
    log = get_logger("monitor")

    def of_thread(uncaught: threading.ExceptHookArgs) -> None:
        if uncaught.exc_value is not None:
            log.error("thread crashed", thread=getattr(uncaught.thread, "name", ""), exc_info=uncaught.exc_value)

    def of_cleaning_up(unraisable: "sys.UnraisableHookArgs") -> None:
        if unraisable.exc_value is not None:
            log.error("ignored", where=type(unraisable.object).__name__, exc_info=unraisable.exc_value)

    threading.excepthook = of_thread
    sys.unraisablehook = of_cleaning_up


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger for one module; its events are words with key=value facts, never sentences with values inside."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _formatter(*, as_json: bool, terminal: bool) -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*_shared(), structlog.stdlib.ExtraAdder()],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,  # plain: a pretty traceback would show local variables
            redact_event,
            *_renderer(as_json=as_json, terminal=terminal),
        ],
    )


def _renderer(*, as_json: bool, terminal: bool) -> list[Processor]:
    if as_json:
        return [structlog.processors.JSONRenderer(ensure_ascii=False)]
    return [structlog.dev.ConsoleRenderer(colors=terminal)]
