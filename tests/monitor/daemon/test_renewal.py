"""Which configuration follows another one, and when."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from structlog.testing import capture_logs

from config.errors import ConfigError, Problem
from config.files import stamps
from config.settings import Settings
from monitor.daemon.configured import Configured
from monitor.daemon.renewal import FIXED, Renewal, with_fixed
from tests.support.incidents import HOUR, T0

SOURCE: Any = {"predictions": {"files": "a.parquet", "columns": {"id": "i", "at": "t", "predicted": "p"}}}
MONITORS: Any = {"bot": {"source": SOURCE}}


def settings(**changes: Any) -> Settings:  # noqa: ANN401
    return Settings(monitors=MONITORS, **changes)


class Files:
    """A configuration whose files change."""

    def __init__(self) -> None:
        self.stamp, self.wanted, self.reads = 0, settings(), 0
        self.now, self.made = T0, list[Settings]()
        self.lasting = SimpleNamespace(configured=Configured(T0))
        self.renewal = Renewal(self.wanted, 0, self.read, lambda: self.stamp, self.assemble, lambda: self.now)

    def read(self) -> Settings:
        self.reads += 1
        if self.stamp < 0:
            raise ConfigError([Problem("slack.token", "is wrong", "tunewatch.yaml:3")])
        return self.wanted

    def assemble(self, made: Settings, _before: object) -> Any:  # noqa: ANN401
        self.made.append(made)
        return self

    def look(self, *, asked: bool = False) -> bool:
        with capture_logs():
            return self.renewal.successor(self, asked=asked) is not None  # type: ignore[arg-type]


def test_files_are_read_once_they_have_changed_and_are_the_same_twice() -> None:
    files = Files()
    assert [files.look(), files.look()] == [False, False]
    files.stamp, files.wanted = 1, settings(alerting={"refresh": "1h"})
    assert [files.look(), files.look(), files.look()] == [False, True, False]
    files.stamp = 2
    assert [files.look(), files.look()] == [False, False]  # written anew, and says the same
    assert files.reads == 2
    assert files.look(asked=True)
    assert len(files.made) == 2


def test_what_is_wrong_is_refused_told_after_a_while_and_over_when_it_is_right() -> None:
    files = Files()
    configured = files.lasting.configured
    files.stamp = -1
    assert [files.look(), files.look()] == [False, False]
    files.now += HOUR
    assert not files.look(asked=True)
    failing = configured.failing()
    assert failing is not None
    assert (failing.since, failing.error) == (T0, "tunewatch.yaml:3: slack.token is wrong")
    assert not failing.is_to_be_told(T0)
    assert failing.is_to_be_told(files.now)
    assert configured.loaded_at == T0
    files.stamp = 0  # as it was
    assert [files.look(), files.look()] == [False, False]
    assert configured.failing() is None


def test_keys_that_are_fixed_stay_and_are_named() -> None:
    used = settings()
    wanted = settings(
        history={"url": "sqlite:///other.db", "keep": "300d"},
        web={"port": 1, "host": "0.0.0.0", "pages": False},  # noqa: S104
        logging={"level": "debug"},
    )
    made, waiting = with_fixed(wanted, used)
    assert waiting == ("history.url", "web.host", "web.port")
    assert (made.history.url, made.web.port, made.web.host) == (used.history.url, used.web.port, used.web.host)
    assert (made.history.keep.days, made.web.pages, made.logging.level) == (300, False, "debug")
    assert with_fixed(used, used) == (used, ())
    assert set(waiting) <= set(FIXED)


def test_a_file_and_a_secret_that_change_are_seen(tmp_path: Path) -> None:
    file, secret = tmp_path / "tunewatch.yaml", tmp_path / "tunewatch_slack__token"
    look: Callable[[], object] = lambda: stamps(file, environ={"TUNEWATCH_SECRETS_DIR": str(tmp_path)})  # noqa: E731
    seen = [look()]
    for change in (file, secret):
        change.write_text("a")
        seen.append(look())
        change.write_text("b")
        seen.append(look())
    (tmp_path / "something_else").write_text("c")
    assert len(set(seen)) == 5
    assert look() == seen[-1]
    file.unlink()
    assert look() not in seen
