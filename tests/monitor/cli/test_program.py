"""The command as a whole: help, usage errors, exit statuses; each command has tests of its own."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from config.errors import ConfigError, Problem
from monitor.cli.examples import EXAMPLES
from monitor.cli.program import COMMANDS, Commands, cli
from monitor.common.errors import BindError, HistoryError, MappingError, SourceError
from monitor.common.exit_codes import Exit
from monitor.history import CycleRecord, History
from tests.support.chat_log import write_config
from tests.support.commands_page import PAGE, page
from tests.support.history import estimate
from tests.support.incidents import T0, finding, opened
from tests.support.program import ROOT, environment, json_lines, run_here, run_process


def _ending(error: BaseException) -> tuple[int, str, str]:
    """Exit status, stdout and stderr of a command that raises the error."""

    class _Failing(click.Command):
        def invoke(self, ctx: click.Context) -> object:  # noqa: ARG002 - click's signature
            raise error

    class _OneCommand(Commands):
        def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:  # noqa: ARG002
            return _Failing("fail")

    result = CliRunner().invoke(_OneCommand("tunewatch"), ["fail"])
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize(
    ("error", "status", "line"),
    [
        (
            ConfigError([Problem("slack.channel", "is missing", "tunewatch.yaml:3")]),
            2,
            "tunewatch: tunewatch.yaml:3: slack.channel is missing\n",
        ),
        (
            MappingError("there is no column ts; there is time", "monitors.bot.source.predictions.columns.at"),
            2,
            "tunewatch: monitors.bot.source.predictions.columns.at: there is no column ts; there is time\n",
        ),
        (BindError("web.port: cannot listen on ::1:80"), 2, "tunewatch: web.port: cannot listen on ::1:80\n"),
        (SourceError("no file matches logs/*.parquet"), 3, "tunewatch: no file matches logs/*.parquet\n"),
        (
            HistoryError("cannot reach postgresql://bot:hunter2@db/h"),
            3,
            "tunewatch: cannot reach postgresql://bot:***@db/h\n",
        ),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_what_is_to_be_expected_ends_with_its_status_and_a_line_without_traceback(
    error: BaseException, status: int, line: str
) -> None:
    assert _ending(error) == (status, "", line)


def test_every_problem_of_a_configuration_has_a_line_of_its_own() -> None:
    problems = [Problem("web.port", "is no number", "a.yaml:1"), Problem("slack.chanel", "is unknown", "a.yaml:2")]

    assert _ending(ConfigError(problems))[2].splitlines() == [
        "tunewatch: a.yaml:1: web.port is no number",
        "tunewatch: a.yaml:2: slack.chanel is unknown",
    ]


def test_a_fault_of_ours_is_never_taken_for_an_open_incident() -> None:
    status, _, said = _ending(ZeroDivisionError("division by zero"))

    assert status == Exit.CRASH
    assert said.splitlines()[-1] == (
        "tunewatch: a fault of tunewatch, the traceback is in its log above: ZeroDivisionError: division by zero"
    )
    assert "Traceback (most recent call last)" in said
    assert "locals" not in said


def test_a_reader_that_leaves_early_is_no_error(tmp_path: Path) -> None:
    into_head = f"{sys.executable} -m monitor.cli ping --help | true; exit ${{PIPESTATUS[0]}}"

    ended = subprocess.run(
        ["bash", "-c", into_head],  # noqa: S607
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (ended.returncode, ended.stderr) == (Exit.BROKEN_PIPE, "")


def test_help_names_every_command_and_the_exit_statuses() -> None:
    result = CliRunner().invoke(cli, ["--help"])

    assert result.exit_code == 0
    assert all(f"  {name} " in result.stdout for name in COMMANDS)
    assert "an incident is open" in result.stdout


def test_the_page_of_commands_says_what_help_says() -> None:
    written = PAGE.read_text(encoding="utf-8")
    assert written == page(written), "run python -m tests.support.commands_page"


def test_the_list_of_commands_imports_none_of_them() -> None:
    code = (
        "import sys; from monitor.cli.program import cli; cli(['--help'], standalone_mode=False); print(*sys.modules)"
    )
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {"sqlalchemy", "numpy", "structlog", "pydantic", "importlib.metadata"} & set(shown.stdout.split())


def test_every_command_has_help() -> None:
    for name in COMMANDS:
        result = CliRunner().invoke(cli, [name, "--help"])
        assert result.exit_code == 0, name
        assert len(result.stdout.splitlines()) > 4


def test_the_version_is_told() -> None:
    assert CliRunner().invoke(cli, ["--version"]).stdout.startswith("tunewatch ")


@pytest.mark.parametrize("arguments", [["nope"], ["once", "--nope"], ["once", "--as-of", "yesterday"], ["backtest"]])
def test_wrong_usage_ends_with_2_and_says_what_is_wrong(arguments: list[str]) -> None:
    result = CliRunner().invoke(cli, arguments)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Error: " in result.stderr


def test_a_missing_configuration_ends_with_2(tmp_path: Path) -> None:
    ended = run_process("once", "-c", "nowhere.yaml", cwd=tmp_path)

    assert ended.returncode == 2
    assert ended.stdout == ""
    assert "nowhere.yaml" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_ping_does_not_import_what_takes_long() -> None:
    loaded = "import sys, monitor.cli.program as c; c.cli.get_command(None, 'ping'); print(*sys.modules)"

    ended = subprocess.run(
        [sys.executable, "-c", loaded], env=environment(), capture_output=True, text=True, timeout=60, check=True
    )

    assert not {"duckdb", "sqlalchemy", "numpy", "scipy", "pydantic"} & set(ended.stdout.split())


def test_every_command_shows_examples_that_can_be_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("train.jsonl").touch()
    shown = set()
    for name in COMMANDS:
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        shown |= {name} | {f"{name} {each}" for each in getattr(command, "commands", {})}
    assert shown == set(EXAMPLES)
    for name, examples in EXAMPLES.items():
        for example in examples:
            typed = re.sub(r'^eval "\$\((.*)\)"$', r"\1", re.split(r" (?:\|\||>) ", example)[0])
            program, *words = shlex.split(typed)
            assert program == "tunewatch"
            assert words[: len(name.split())] == name.split()[: len(words)] or name == "export"
            command = cli.get_command(click.Context(cli), words.pop(0))
            if isinstance(command, click.Group) and words[0] in command.commands:
                command = command.commands[words.pop(0)]
            assert command is not None
            command.make_context(name, words)
        assert examples[0] in CliRunner().invoke(cli, [*name.split(), "--help"]).stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_completes_commands_and_options(shell: str, tmp_path: Path) -> None:
    script = CliRunner().invoke(cli, ["completion", shell]).stdout
    assert f"_TUNEWATCH_COMPLETE={shell}_complete" in script

    def completed(words: str, place: int) -> str:
        asked = {"_TUNEWATCH_COMPLETE": f"{shell}_complete", "COMP_WORDS": words, "COMP_CWORD": str(place)}
        if shell == "fish":
            asked["COMP_CWORD"] = words.rpartition(" ")[2]
        code = "from monitor.cli import main; main()"
        command = [sys.executable, "-c", code]
        done = subprocess.run(
            command, env=environment() | asked, cwd=tmp_path, capture_output=True, text=True, check=False
        )
        return done.stdout

    assert "status" in completed("tunewatch sta", 1)
    assert "--json" in completed("tunewatch status --js", 2)


def test_a_shell_completes_the_names_of_monitors(tmp_path: Path) -> None:
    shutil.copy(ROOT / "examples" / "tunewatch.yaml", tmp_path / "tunewatch.yaml")
    asked = {"_TUNEWATCH_COMPLETE": "bash_complete", "COMP_WORDS": "tunewatch status --monitor ", "COMP_CWORD": "3"}
    command = [sys.executable, "-c", "from monitor.cli import main; main()"]
    done = subprocess.run(command, env=environment() | asked, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "plain,support-bot" in done.stdout, done.stderr


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a configuration whose history has an open incident, of a class with letters of its own."""
    home = tmp_path_factory.mktemp("kept")
    write_config(home)
    history = History.open(f"sqlite:///{home}/history.db")
    with history.transaction("support-bot") as transaction:
        lines = (estimate("recall", 0.12, "urgent", low=0.04, high=0.31), estimate("recall", 0.5, "急"))
        transaction.record(CycleRecord(T0, lines, (finding(),), (opened(),)))
    history.close()
    return home


@pytest.mark.parametrize("command", [("status",), ("explain",), ("incidents",), ("history",)])
def test_a_console_of_latin_1_reads_what_stands_for_each_sign(kept: Path, command: tuple[str, ...]) -> None:
    words = (*command, opened().incident.id) if command == ("explain",) else command
    ended = run_process(*words, cwd=kept, PYTHONIOENCODING="latin-1", PYTHONUTF8="0")
    assert ended.returncode in {0, 1, 3}, ended.stderr
    assert ended.stdout.count("?") == run_here(*words, cwd=kept).stdout.count("?")


def test_json_on_a_console_of_latin_1_means_the_same_and_csv_is_refused(kept: Path) -> None:
    words = ("history", "--metric", "recall", "--class", "急")
    ended = run_process(*words, "--json", cwd=kept, PYTHONIOENCODING="latin-1")
    (line,) = json_lines(ended.stdout)
    assert line["class"] == "急"
    refused = run_process(*words, "--format", "csv", cwd=kept, PYTHONIOENCODING="latin-1")
    assert refused.returncode == 2
    assert "cannot be written in iso8859-1; set PYTHONIOENCODING=utf-8" in refused.stderr
