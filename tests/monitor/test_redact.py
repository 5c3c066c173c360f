import pytest

from monitor.redact import redact, redact_event


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql+psycopg://bot:hunter2@db/logs", "postgresql+psycopg://bot:***@db/logs"),
        ("postgresql://bot:p@ss/w@rd@db/logs is down", "postgresql://bot:***@db/logs is down"),
        ("invalid_auth for xoxb-123-abc-DEF", "invalid_auth for xoxb-***"),
        ("Authorization: Bearer abc.def-ghi123", "Authorization: Bearer ***"),
        ("connect(host=db password=hunter2 port=5)", "connect(host=db password=*** port=5)"),
        ("POST https://hooks.slack.com/services/T0/B0/xyz failed", "POST https://hooks.slack.com/services/*** failed"),
        ("http://127.0.0.1:8787/-/ready", "http://127.0.0.1:8787/-/ready"),
        ("duckdb:///:memory:", "duckdb:///:memory:"),
    ],
)
def test_no_secret_is_left_in_a_text_and_nothing_else_is_lost(text: str, shown: str) -> None:
    assert redact(text) == shown


def test_an_event_hides_values_under_telling_keys_at_any_depth() -> None:
    event = {"event": "x", "n": 3, "Token": "abc", "inner": {"password": "abc", "urls": ["a://b:c@d"]}}

    assert redact_event(None, "info", event) == {
        "event": "x",
        "n": 3,
        "Token": "***",
        "inner": {"password": "***", "urls": ["a://b:***@d"]},
    }


def test_words_of_users_are_not_logged() -> None:
    event = {"event": "x", "text": "my card was stolen", "response": "call us"}

    assert redact_event(None, "info", event) == {"event": "x", "text": "***", "response": "***"}


def test_an_exception_or_another_object_is_shown_without_its_secrets() -> None:
    error = ConnectionError("cannot reach postgresql://bot:hunter2@db")

    assert redact_event(None, "info", {"error": error}) == {"error": "cannot reach postgresql://bot:***@db"}
