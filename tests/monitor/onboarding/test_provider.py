"""What a provider says of its models, and what `tunewatch validate` makes of it."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.program import run_here
from tests.support.receiver import Call, Receiver, Reply
from tests.support.triage_log import rows, write

MODELS = {"object": "list", "data": [{"id": "m1", "shutdown_date": "2031-01-14"}, {"id": "m2", "shutdown_date": None}]}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Give a log of a few days."""
    write(tmp_path, rows()[:200])
    return tmp_path


def _models(call: Call) -> Reply:
    assert (call.method, call.path) == ("GET", "/v1/models")
    assert call.headers["authorization"] == "Bearer sk-s3cret"
    return Reply(200, json.dumps(MODELS))


def test_validate_tells_what_the_provider_turns_off(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-s3cret")
    with Receiver(_models, path="/v1") as receiver:
        ended = run_here("validate", "--check-provider", receiver.url, cwd=home)
        config = (home / "tunewatch.yaml").read_text(encoding="utf-8")
        said = "    model_versions: {m1: {retires: 2031-01-14}, m9: {fine_tunable: false}}\n"
        (home / "tunewatch.yaml").write_text(config + said, encoding="utf-8")
        known = run_here("validate", "--check-provider", receiver.url, cwd=home)

    assert "the provider turns m1 off on 2031-01-14; write model_versions: {m1: {retires: 2031-01-14}}" in ended.stderr
    assert "turns m1 off" not in known.stderr
    assert "the provider lists no model 'm9'" in known.stderr
    assert "s3cret" not in ended.stdout + ended.stderr


def test_a_provider_that_cannot_be_asked_is_told_and_ends_with_3(home: Path) -> None:
    with Receiver(lambda _call: Reply(401, "no"), path="/v1") as receiver:
        refused = run_here("validate", "--check-provider", receiver.url, cwd=home)
    assert refused.returncode == 3
    assert "the provider answers 401" in refused.stderr


@pytest.mark.parametrize(("days", "told"), [(59, True), (61, False)])
def test_what_retires_within_60_days_is_told_with_the_plan(home: Path, days: int, *, told: bool) -> None:
    day: date = (datetime.now(UTC) + timedelta(days=days)).date()
    config = (home / "tunewatch.yaml").read_text(encoding="utf-8")
    (home / "tunewatch.yaml").write_text(config + f"    model_versions: {{m1: {{retires: {day}}}}}\n", encoding="utf-8")
    ended = run_here("validate", "--json", cwd=home)
    assert ("tunewatch try sample" in ended.stdout) is told
