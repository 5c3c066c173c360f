import io
import json
import logging
import sys
import threading
import warnings
from typing import Any

import pytest

from monitor.common.logs import Format, get_logger, log_uncaught, set_up_logging


def _logged(level: str = "info", form: Format = "json") -> io.StringIO:
    stream = io.StringIO()
    set_up_logging(level, form, stream)
    return stream


def _events(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_event_is_one_json_object_with_its_facts() -> None:
    stream = _logged()

    get_logger("monitor.test").info("looked", monitor="bot", buckets=3)

    (event,) = _events(stream)
    assert event.pop("timestamp").endswith("Z")
    assert event == {"event": "looked", "level": "info", "logger": "monitor.test", "monitor": "bot", "buckets": 3}


def test_auto_is_json_where_there_is_no_terminal() -> None:
    stream = _logged(form="auto")

    get_logger("monitor.test").info("looked")

    assert _events(stream)[0]["event"] == "looked"


def test_console_lines_are_for_eyes() -> None:
    stream = _logged(form="console")

    get_logger("monitor.test").info("looked", monitor="bot")

    assert "looked" in stream.getvalue()
    assert "monitor=bot" in stream.getvalue()


def test_a_traceback_is_logged_without_local_variables_and_secrets() -> None:
    stream = _logged()
    hunter2 = "postgresql://bot:hunter2@db"

    try:
        int(hunter2)
    except ValueError:
        get_logger("monitor.test").exception("crashed")

    (event,) = _events(stream)
    assert "postgresql://bot:***@db" in event["exception"]
    assert "hunter2@" not in stream.getvalue()


def test_a_librarys_own_lines_have_the_same_form_and_lose_their_secrets() -> None:
    stream = _logged()

    logging.getLogger("some.library").warning("POST %s", "https://a:b@c/d")

    (event,) = _events(stream)
    assert (event["event"], event["logger"]) == ("POST https://a:***@c/d", "some.library")


def test_libraries_that_log_bodies_or_queries_stay_quiet_at_debug() -> None:
    stream = _logged("debug")

    for name in ("slack_sdk.web.base_client", "sqlalchemy.engine", "apscheduler.scheduler", "uvicorn.error"):
        logging.getLogger(name).info("a secret body")
    get_logger("monitor.test").debug("ours")

    assert [event["event"] for event in _events(stream)] == ["ours"]


def test_what_a_thread_does_not_catch_is_an_event(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = _logged()
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    log_uncaught()

    thread = threading.Thread(target=lambda: int("postgresql://bot:hunter2@db"), name="worker")
    thread.start()
    thread.join()

    (event,) = _events(stream)
    assert (event["event"], event["thread"]) == ("thread crashed", "worker")
    assert "hunter2" not in stream.getvalue()


def test_the_level_holds_back_what_is_below() -> None:
    stream = _logged("warning")

    get_logger("monitor.test").info("too much")

    assert stream.getvalue() == ""


def test_a_warning_of_python_goes_to_the_log() -> None:
    stream = _logged()

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=True)
        warnings.warn("old ways", stacklevel=1)

    assert "old ways" in _events(stream)[0]["event"]
