"""Where values come from: environment, secrets directory, file, defaults."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from config import ConfigError, Settings, load
from tests.config.conftest import MONITOR, Refused, Write

Loaded = Callable[..., Settings]
SLACK = f'{MONITOR}slack: {{channel: "#oncall"}}\n'


def test_what_is_left_out_keeps_its_default(loaded: Loaded) -> None:
    monitor = loaded(f"{MONITOR}    checks:\n      class_recall:\n").monitors["bot"]
    assert (monitor.every, monitor.window, monitor.reference) == (
        timedelta(minutes=15),
        timedelta(days=7),
        timedelta(days=28),
    )
    assert monitor.checks.accuracy.good == 0.85
    assert monitor.checks.class_recall.enabled


@pytest.mark.parametrize(
    ("lines", "lookback", "keep"),
    [
        ("    window: 60d", 88, 400),
        ("    reference: 90d", 97, 400),
        ("    window: 400d", 428, 428),
        ("    lookback: 500d", 500, 500),
        ("    window: 70d\n    reference: {start: 2026-01-01, end: 2026-03-01}", 70, 400),
        ("    window: 14d", 60, 400),
    ],
)
def test_defaults_follow_what_they_depend_on(loaded: Loaded, lines: str, lookback: int, keep: int) -> None:
    settings = loaded(f"{MONITOR}{lines}\n")
    assert settings.monitors["bot"].lookback == timedelta(days=lookback)
    assert settings.keep_history == timedelta(days=keep)


def test_a_low_good_takes_bad_with_it(loaded: Loaded) -> None:
    accuracy = loaded(f"{MONITOR}    checks: {{accuracy: {{good: 0.5}}}}\n").monitors["bot"].checks.accuracy
    assert (accuracy.good, accuracy.bad) == (0.5, 0.375)


def test_the_environment_wins_over_secrets_and_these_over_the_file(write: Write, tmp_path: Path) -> None:
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "tunewatch_web__port").write_text("2\n")
    (secrets / "tunewatch_web__host").write_text("secret.example\n")
    (secrets / "another_program").write_text("not ours")
    file = write(f"{MONITOR}web: {{port: 1, host: file.example}}\nlogging: {{level: debug}}\n")
    settings = load(file, environ={"TUNEWATCH_WEB__PORT": "3"}, secrets_dir=secrets)
    assert (settings.web.port, settings.web.host, settings.logging.level) == (3, "secret.example", "debug")


def test_the_secrets_directory_can_be_named_by_a_variable(write: Write, tmp_path: Path) -> None:
    (tmp_path / "tunewatch_slack__token").write_text("xoxb-1\n")
    settings = load(write(SLACK), environ={"TUNEWATCH_SECRETS_DIR": str(tmp_path)})
    assert settings.slack
    assert settings.slack.token
    assert settings.slack.token.get_secret_value() == "xoxb-1"


def test_a_secrets_directory_that_is_not_there_is_told(refused: Refused) -> None:
    assert "nowhere: cannot be read" in refused(MONITOR, TUNEWATCH_SECRETS_DIR="nowhere")


@pytest.mark.parametrize("name", ["tunewatch_slak__token", "tunewatch_slack_token", "TUNEWATCH_SLACK__TOKN"])
def test_a_wrong_name_of_a_secret_file_is_told_with_the_file(refused: Refused, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("xoxb-1")
    told = refused(SLACK, TUNEWATCH_SECRETS_DIR=str(tmp_path))
    assert name in told
    assert "is not a known key" in told
    assert "xoxb" not in told


def test_a_secret_is_all_of_its_file_but_the_end_of_the_line(write: Write, tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "elsewhere").write_text(" xoxb-1 \r\n")
    (tmp_path / "kept" / "tunewatch_slack__token").symlink_to(tmp_path / "elsewhere")
    settings = load(write(SLACK), environ={}, secrets_dir=tmp_path / "kept")
    assert settings.slack is not None
    assert settings.slack.token is not None
    assert settings.slack.token.get_secret_value() == " xoxb-1 "


def test_files_of_other_programs_beside_our_secrets_are_not_read(write: Write, tmp_path: Path) -> None:
    (tmp_path / "certificate.der").write_bytes(b"\xff\xfe\x00")
    assert load(write(SLACK), environ={}, secrets_dir=tmp_path).slack is not None


@pytest.mark.parametrize(
    "variable",
    [
        "TUNEWATCH_MONITORS__SUPPORT_BOT__CLASSES__CARD_LOST__MIN_RECALL",
        "tunewatch_monitors__support_bot__classes__card_lost__min_recall",
    ],
)
def test_a_variable_finds_names_with_dashes_spaces_and_capitals(loaded: Loaded, variable: str) -> None:
    text = MONITOR.replace("bot", "Support-Bot") + "    classes: {Card Lost: {min_recall: 0.8}}\n"
    settings = loaded(text, **{variable: "0.9"})
    assert settings.monitors["Support-Bot"].classes["Card Lost"].min_recall == 0.9


def test_a_monitor_can_be_made_of_variables_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    source = "TUNEWATCH_MONITORS__BOT__SOURCE__"
    settings = load(
        environ={
            f"{source}PREDICTIONS__FILES": "[ab]*.parquet",
            f"{source}PREDICTIONS__COLUMNS": '{"id": "id", "at": "ts", "predicted": "p"}',
            f"{source}SEGMENTS": '["channel"]',
            "TUNEWATCH_MONITORS__BOT__CHECKS__TRAFFIC__ENABLED": "false",
        }
    )
    monitor = settings.monitors["bot"]
    assert monitor.source.predictions.files == (str(tmp_path / "[ab]*.parquet"),)
    assert monitor.source.segments == ("channel",)
    assert not monitor.checks.traffic.enabled


def test_an_empty_variable_counts_as_not_set(loaded: Loaded) -> None:
    assert loaded(f"{MONITOR}web: {{port: 1}}\n", TUNEWATCH_WEB__PORT="").web.port == 1


@pytest.mark.parametrize(
    ("variable", "told"),
    [
        (
            "TUNEWATCH_SLACK_TOKEN",
            "TUNEWATCH_SLACK_TOKEN: slack_token is not a known key; did you mean TUNEWATCH_SLACK__TOKEN?",
        ),
        ("TUNEWATCH_SLAK__TOKEN", "TUNEWATCH_SLAK__TOKEN: slak is not a known key; did you mean slack?"),
        ("TUNEWATCH_MONITORS__BOTT__EVERY", "TUNEWATCH_MONITORS__BOTT__EVERY: monitors.bott.source is missing"),
        ("TUNEWATCH_WEB__PROT", "did you mean TUNEWATCH_WEB__PORT?"),
        ("TUNEWATCH_MONITORS__BOT__WINDOWS", "did you mean TUNEWATCH_MONITORS__BOT__WINDOW?"),
        (
            "TUNEWATCH_NONSENSE",
            "nonsense is not a known key; some are history, slack,",
        ),
        ("TUNEWATCH_WEB__PORT", "TUNEWATCH_WEB__PORT: web.port must be a whole number, not 'x'"),
        ("TUNEWATCH_WEB", "TUNEWATCH_WEB: web must be a section with keys and values of its own"),
    ],
)
def test_a_wrong_variable_is_named(refused: Refused, variable: str, told: str) -> None:
    assert told in refused(SLACK, **{variable: "x"})


def test_variables_that_kubernetes_sets_for_a_service_of_our_name_are_passed_over(loaded: Loaded) -> None:
    services = {
        "TUNEWATCH_SERVICE_HOST": "10.0.0.1",
        "TUNEWATCH_SERVICE_PORT": "80",
        "TUNEWATCH_SERVICE_PORT_HTTP": "80",
        "TUNEWATCH_PORT": "tcp://10.0.0.1:80",
        "TUNEWATCH_PORT_80_TCP": "tcp://10.0.0.1:80",
        "TUNEWATCH_PORT_80_TCP_ADDR": "10.0.0.1",
        "TUNEWATCH_DB_SERVICE_HOST": "10.0.0.2",
    }
    assert loaded(MONITOR, **services).monitors


def test_a_single_underscore_before_port_is_a_mistake_and_not_kubernetes(refused: Refused) -> None:
    assert "did you mean TUNEWATCH_WEB__PORT?" in refused(MONITOR, TUNEWATCH_WEB_PORT="80")


def test_a_token_in_the_file_is_refused_and_not_repeated(refused: Refused) -> None:
    told = refused(f"{MONITOR}slack:\n  channel: x\n  token: xoxb-hunter2\n")
    assert "tunewatch.yaml:10: slack.token is a secret and does not belong into the file" in told
    assert "TUNEWATCH_SLACK__TOKEN" in told
    assert "hunter2" not in told


def test_no_secret_is_ever_shown(loaded: Loaded) -> None:
    url = "postgresql+psycopg://u:hunter2@h/d"
    settings = loaded(
        f"{SLACK}history: {{url: '{url}'}}\n",
        TUNEWATCH_SLACK__TOKEN="hunter2",
        TUNEWATCH_MONITORS__BOT__SOURCE__URL="duckdb:///x?motherduck_token=hunter2",
    )
    assert settings.history.url == url
    assert "hunter2" not in repr(settings) + str(settings) + str(settings.history) + str(settings.monitors)
    assert "postgresql+psycopg://u:***@h/d" in repr(settings)


def test_no_secret_is_shown_in_an_error(refused: Refused) -> None:
    told = refused(
        f"{SLACK}history: {{url: 'mysql://u:hunter2@h/d'}}\n",
        TUNEWATCH_SLACK__TOKEN='["hunter2"]',
        TUNEWATCH_SLACK_TOKEN="hunter2",
        TUNEWATCH_MONITORS__BOT__SOURCE__URL="hunter2",
    )
    assert len(told.splitlines()) == 4
    assert "hunter2" not in told


def test_a_daemon_asks_for_the_token_that_slack_needs(loaded: Loaded) -> None:
    (problem,) = loaded(SLACK).missing_secrets()
    assert "slack.token is not set; set the environment variable TUNEWATCH_SLACK__TOKEN" in str(problem)
    assert loaded(SLACK, TUNEWATCH_SLACK__TOKEN="x").missing_secrets() == ()
    assert loaded(MONITOR).missing_secrets() == ()


def test_relative_paths_are_relative_to_the_folder_of_the_file(loaded: Loaded, tmp_path: Path) -> None:
    settings = loaded(MONITOR.replace("log.parquet", "[logs/a*.csv, /b.csv, 's3://c/d.csv']"))
    files = settings.monitors["bot"].source.predictions.files
    assert files == (f"{tmp_path}/logs/a*.csv", "/b.csv", "s3://c/d.csv")
    assert settings.history.url == f"sqlite:///{tmp_path}/tunewatch.db"


@pytest.mark.parametrize(("written", "read"), [("models/potion", "{folder}/models/potion"), ("/opt/m", "/opt/m")])
def test_the_folder_of_a_model_is_relative_to_the_folder_of_the_file(
    loaded: Loaded, tmp_path: Path, written: str, read: str
) -> None:
    study = loaded(f"{MONITOR}    study: {{relevance_model: {written}}}\n").monitors["bot"].study
    assert study.relevance_model == read.format(folder=tmp_path)


@pytest.mark.parametrize(
    ("url", "anchored"),
    [
        ("sqlite:///x.db", "sqlite:///{folder}/x.db"),
        ("sqlite:////var/x.db", "sqlite:////var/x.db"),
        ("sqlite://", "sqlite://"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("sqlite:///file:x.db?mode=ro&uri=true", "sqlite:///file:x.db?mode=ro&uri=true"),
        ("postgresql+psycopg://u:p@h/x.db", "postgresql+psycopg://u:p@h/x.db"),
    ],
)
def test_only_paths_of_files_are_made_absolute(loaded: Loaded, tmp_path: Path, url: str, anchored: str) -> None:
    assert loaded(f"{MONITOR}history: {{url: '{url}'}}\n").history.url == anchored.format(folder=tmp_path)


def test_settings_made_directly_read_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUNEWATCH_WEB__PORT", "1")
    columns = {"id": "id", "at": "ts", "predicted": "p"}
    monitors = {"bot": {"source": {"predictions": {"files": "x", "columns": columns}}}}
    assert Settings.model_validate({"monitors": monitors}).web.port == 8787


def test_without_a_file_and_without_variables_the_error_says_how_to_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match="`tunewatch init` writes one"):
        load(environ={})
