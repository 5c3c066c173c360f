"""A secret at any place of a configuration, right or malformed, is in nothing that tunewatch writes."""

import json
from contextlib import suppress
from io import StringIO
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerts.channels.slack.channel import SlackChannel
from config import secrets
from config.errors import ConfigError
from config.loading import load
from monitor.bootstrap.channels import build_channels
from monitor.cli.guard import describe
from monitor.common.errors import UnreachableError
from monitor.common.logs import get_logger, set_up_logging
from monitor.common.redact import redact
from monitor.history import History
from tests.support.fake_slack import TOKEN, FakeSlack
from tests.support.program import run_here

FILE: Final = """\
history: {url: "sqlite:///history.db"}
slack: {channel: "#oncall", base_url: "http://127.0.0.1:9/api/", timeout: 1s}
monitors:
  bot: {source: {predictions: {files: "p.csv", columns: {id: id, at: at, predicted: predicted}}}}
"""
# No word of a message, and none of these is a part of what may be told of a URL.
SECRETS: Final = st.one_of(
    st.text("qxzj", min_size=6, max_size=12),
    st.builds(
        "".join, st.lists(st.sampled_from(["qxzj", "@", "/", ":", "?", "#", "%", " ", "'", '"', "xjq"]), min_size=4)
    ),
).filter(lambda text: "qxzj" in text)
URLS: Final = (
    "postgresql+psycopg://bot:{}@127.0.0.1:1/logs",
    "postgresql+psycopg://bot:{}@127.0.0.1:1/logs?sslmode=require",
    "postgresql+psycopg://bot@127.0.0.1:1/logs?sslpassword={}",
    "postgresql+psycopg://bot@127.0.0.1:1/logs?password={}&sslmode=require",
    "postgresql+psycopg://bot:{}@127.0.0.1:port/logs",
    "clickhousedb://bot:{}@127.0.0.1:1/logs",
    "clickhousedb://bot@127.0.0.1:1/logs?access_token={}",
    "clickhouse+native://bot:{}@127.0.0.1:1/logs",
    "postgres://bot:{}@db/logs",
    "oracle://bot:{}@db/logs",
    "://bot:{}@db",
    "postgresql:/bot:{}@db/logs",
)
VARIABLES: Final = (
    ("TUNEWATCH_SLACK__TOKEN", "{}"),
    ("TUNEWATCH_SLACK__TOKEN", "xoxb-{}\n"),
    ("TUNEWATCH_SLACK", '{{"channel": "#a", "token": "{}"'),  # malformed JSON
    ("TUNEWATCH_SLACK", '{{"channel": "#a", "token": "{}", "chanel": 1}}'),
    ("TUNEWATCH_SLACK", "{}"),
    ("TUNEWATCH_SLACK__TOKEN__X", "{}"),
    *(
        (name, form)
        for name in ("TUNEWATCH_WEBHOOK__URL", "TUNEWATCH_WEBHOOK", "TUNEWATCH_TEAMS__URL")
        for form in ("https://hooks.acme.example/{}", "https://hooks.acme.example/in?key={}", "hooks.acme.example/{}")
    ),
    ("TUNEWATCH_WEBHOOK__SECRET", "whsec_{}"),
    ("TUNEWATCH_PAGERDUTY__ROUTING_KEY", "{}"),
    ("TUNEWATCH_ALERTMANAGER__TOKEN", "{}"),
    ("TUNEWATCH_EMAIL__PASSWORD", "{}"),
    ("TUNEWATCH_APPRISE__URLS", "json://127.0.0.1 json://bot:{}@127.0.0.1"),
    ("TUNEWATCH_ALERTMANAGER", '{{"urls": ["http://bot:{}@127.0.0.1:9093"]}}'),
    ("TUNEWATCH_SLACK__APP_TOKEN", "xapp-{}"),
    ("TUNEWATCH_WEB__TOKEN", "{}"),
    ("TUNEWATCH_WEB", '{{"token": "{}"'),
    ("TUNEWATCH_INGEST__TOKEN", "{}"),
    ("TUNEWATCH_ALERTING__HEARTBEAT_URL", "https://hc.acme.example/{}"),
    ("TUNEWATCH_CHANNELS", '{{"side": {{"slack": {{"token": "{}"}}}}}}'),
    ("TUNEWATCH_CHANNELS", '{{"side": {{"slak": {{"token": "{}"}}}}}}'),
    ("TUNEWATCH_CHANNELS__SIDE__SLACK__APP_TOKEN", "xapp-{}"),
    ("TUNEWATCH_CHANNELS__SIDE__WEBHOOK__URL", "https://hooks.acme.example/{}"),
    ("TUNEWATCH_CHANNELS__SIDE__WEBHOOK", "https://hooks.acme.example/{}"),
    ("TUNEWATCH_CHANNELS__SIDE", "https://hooks.acme.example/{}"),
    ("TUNEWATCH_HISTORY", "{}"),
    *((name, url) for url in URLS for name in ("TUNEWATCH_HISTORY__URL", "TUNEWATCH_MONITORS__BOT__SOURCE__URL")),
    ("TUNEWATCH_HISTORY", "postgresql+psycopg://bot:{}@db/logs"),
    ("TUNEWATCH_MONITORS__BOT__SOURCE", "postgresql+psycopg://bot:{}@db/logs"),
)
LINES: Final = (
    'slack: {{channel: "#a", token: "{}"}}',
    "slack: {{token: *{}}}",  # an alias that nobody defined
    "slack: {{token: !{} x}}",
    "slack:\n  token: {}\n bad: 1",
    "history: {{url: postgresql+psycopg://bot:{}@db/logs",
    "history: postgresql+psycopg://bot:{}@db/logs",
    "slack: {}",
    "webhook: {{url: 'https://hooks.acme.example/{}'}}",
)


def leaks(secret: str, text: str) -> bool:
    """Whether a telling part of the secret is in the text."""
    return any(len(part) >= 4 and part in text for part in ("qxzj", secret))


def _said(folder: Path, environ: dict[str, str], file: str = FILE) -> str:
    """All that is written of a configuration: its errors, those of the history, and what a log makes of them."""
    path = folder / "tunewatch.yaml"
    path.write_text(file, encoding="utf-8")
    written = []
    try:
        loaded = load(path, environ=environ, secrets_dir=folder)
        written.append(repr(loaded))
        History.open(loaded.history.url).close()
    except (ConfigError, UnreachableError) as error:
        written += [describe(error), redact(repr(error))]
        stream = StringIO()
        set_up_logging("info", "json", stream)
        get_logger("monitor").error("ended", error=str(error), exc_info=error)
        written.append(stream.getvalue())
    return "\n".join(written)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(secret=SECRETS, where=st.sampled_from(VARIABLES))
def test_a_secret_of_the_environment_is_in_no_error(tmp_path: Path, secret: str, where: tuple[str, str]) -> None:
    name, form = where
    assert not leaks(secret, _said(tmp_path, {name: form.format(secret)}))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(secret=SECRETS, line=st.sampled_from(LINES))
def test_a_secret_of_the_file_is_in_no_error(tmp_path: Path, secret: str, line: str) -> None:
    with suppress(UnicodeEncodeError):
        assert not leaks(secret, _said(tmp_path, {}, f"{line.format(secret)}\n{FILE.partition('monitors')[2]}"))


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("TUNEWATCH_HISTORY__URL", "postgresql+psycopg://bot:{}@127.0.0.1:1/logs?sslpassword={}"),
        ("TUNEWATCH_MONITORS__BOT__SOURCE__URL", "postgresql+psycopg://bot:p@x/{}@127.0.0.1:1/logs"),
        ("TUNEWATCH_MONITORS__BOT__SOURCE__URL", "postgresql+psycopg://bot:{}@127.0.0.1:1/logs"),
        ("TUNEWATCH_SLACK__TOKEN", "xoxb-{}\nx"),
        ("TUNEWATCH_SLACK", '{{"channel": "#a", "token": "{}"'),
        ("TUNEWATCH_WEBHOOK__URL", "https://hooks.acme.example/{}"),
        ("TUNEWATCH_WEBHOOK__SECRET", "whsec_{}!"),
    ],
)
@pytest.mark.parametrize("command", [("validate",), ("once", "--json"), ("history", "--json")])
def test_a_secret_is_in_nothing_that_a_command_prints(
    tmp_path: Path, name: str, form: str, command: tuple[str, ...]
) -> None:
    (tmp_path / "tunewatch.yaml").write_text(FILE, encoding="utf-8")
    (tmp_path / "p.csv").write_text("id,at,predicted\n1,2026-03-01T00:00:00Z,urgent\n", encoding="utf-8")
    ended = run_here(*command, cwd=tmp_path, **{name: form.replace("{}", "qxzjqxzj").replace("{{", "{")})

    assert "qxzj" not in ended.stdout + ended.stderr
    for line in ended.stdout.splitlines():
        if "--json" in command:
            assert isinstance(json.loads(line), dict)


def test_what_a_driver_says_of_a_piece_of_a_password_is_hidden() -> None:
    secrets.remember(*secrets.of_url("postgresql://bot:p@ssqx/w@rdzj@db/logs"))

    assert redact('could not translate host name "ssqx/w@rdzj@db"') == 'could not translate host name "***@db"'
    assert redact('database "w@rdzj" does not exist') == 'database "***" does not exist'


def test_a_short_secret_does_not_tear_words_apart() -> None:
    secrets.remember("bot", "a")

    assert redact("a bot") == "a bot"


@pytest.mark.parametrize("password", ["p@ss/w@rd", "p@?ssw", "p@/?ss"])
def test_a_url_with_an_at_in_its_password_is_refused_with_the_way_to_write_it(tmp_path: Path, password: str) -> None:
    said = _said(tmp_path, {"TUNEWATCH_HISTORY__URL": f"postgresql+psycopg://bot:{password}@db/logs"})

    assert "history.url has more than one @; in a password write %40 for @" in said


@pytest.mark.parametrize("user", ["bot@", ""])
def test_a_url_with_an_at_in_its_query_is_refused(tmp_path: Path, user: str) -> None:
    said = _said(tmp_path, {"TUNEWATCH_HISTORY__URL": f"postgresql+psycopg://{user}db/logs?sslpassword=qxzj@qxzj"})

    assert "write %40 for" in said
    assert "qxzj" not in said


def test_space_around_a_token_is_no_part_of_it(tmp_path: Path) -> None:
    (tmp_path / "tunewatch.yaml").write_text(FILE, encoding="utf-8")
    with FakeSlack() as slack:
        environ = {"TUNEWATCH_SLACK__TOKEN": f" {TOKEN}\r\n", "TUNEWATCH_SLACK__BASE_URL": slack.url}
        channel = build_channels(load(tmp_path / "tunewatch.yaml", environ=environ))["slack"]
        assert isinstance(channel, SlackChannel)
        assert channel.check() == "tunewatch in Acme"
