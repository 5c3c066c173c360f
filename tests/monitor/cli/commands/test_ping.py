from collections.abc import Iterator

import pytest
from click.testing import CliRunner

from monitor.cli.program import cli
from monitor.web.server import Answer, WebServer, health_app


@pytest.fixture
def url() -> Iterator[str]:
    """A daemon that is alive but not ready."""
    healthy, ready = Answer(good=True, detail={"scheduler": "alive"}), Answer(good=False, detail={"history": "gone"})
    server = WebServer(health_app(lambda: healthy, lambda: ready), "127.0.0.1", 0)
    server.start()
    yield "http://{}:{}".format(*server.address)
    server.stop(patience=5)


def test_a_living_daemon_answers_0(url: str) -> None:
    result = CliRunner().invoke(cli, ["ping", url])

    assert (result.exit_code, result.stdout) == (0, '{"scheduler":"alive"}\n')


def test_one_that_is_not_ready_answers_1_when_that_is_asked(url: str) -> None:
    result = CliRunner().invoke(cli, ["ping", f"{url}/-/ready"])

    assert (result.exit_code, result.stdout) == (1, '{"history":"gone"}\n')


def test_no_daemon_is_1_with_the_reason() -> None:
    result = CliRunner().invoke(cli, ["ping", "http://127.0.0.1:1"])

    assert result.exit_code == 1
    assert "no answer from http://127.0.0.1:1/-/healthy" in result.stderr


def test_a_proxy_of_the_environment_is_not_asked(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")

    assert CliRunner().invoke(cli, ["ping", url]).exit_code == 0


@pytest.mark.parametrize("wrong", ["localhost:8787", "file:///etc/passwd", "http://"])
def test_what_is_no_address_is_wrong_usage(wrong: str) -> None:
    assert CliRunner().invoke(cli, ["ping", wrong]).exit_code == 2
