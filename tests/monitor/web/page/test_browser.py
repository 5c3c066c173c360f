"""The pages in a real browser: Chromium, as Debian packages it."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.web.guarding import Guard
from monitor.web.page.app import Pages
from monitor.web.server import WebServer

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
PNG = b"\x89PNG"


@pytest.fixture
def url(pages: Pages) -> Iterator[str]:
    server = WebServer(Guard(pages.app(), ()), "127.0.0.1", 0)
    server.start()
    yield "http://{}:{}".format(*server.address)
    server.stop(patience=5)


@pytest.mark.skipif(CHROMIUM is None, reason="NO BROWSER: nothing of the pages is drawn; apt-get install chromium")
def test_a_browser_draws_the_page_without_a_complaint_about_what_it_may_load(url: str, tmp_path: Path) -> None:
    drawn = tmp_path / "page.png"
    command = [str(CHROMIUM), "--headless=new", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr"]
    command += [f"--user-data-dir={tmp_path / 'profile'}", "--window-size=500,900", f"--screenshot={drawn}"]

    done = subprocess.run(
        [*command, f"{url}/monitors/support-bot"], capture_output=True, text=True, timeout=120, check=False
    )

    assert done.returncode == 0, done.stderr
    assert "CONSOLE" not in done.stderr
    assert drawn.read_bytes().startswith(PNG)
    assert drawn.stat().st_size > 20_000, "an empty page, or one without its style sheet, is smaller"
