# ruff: noqa: INP001 - a script beside its pictures, of no package
"""Makes the pictures of pages (page-*.png) and of a chart (chart-incident.png), from the history of the demo.

.venv/bin/python docs/img/pages.py [FOLDER]

FOLDER is one that `tunewatch demo` left; without it the demo is played. It needs Chromium.
"""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from playwright.sync_api import Browser, Page, sync_playwright

from alerts.incident import Incident, State
from checks.rules.family import Family
from config.loading import load
from monitor.common.clock import MACHINE
from monitor.daemon.pages import watched_of
from monitor.demo.bots import END
from monitor.demo.folder import DemoFolder
from monitor.demo.play import play
from monitor.history import History
from monitor.people.acts import Acts
from monitor.web.guarding import Guard
from monitor.web.page.app import Pages
from monitor.web.page.attempts import Attempts
from monitor.web.page.people import People
from monitor.web.page.picture import picture
from monitor.web.page.png import png
from monitor.web.page.sessions import Sessions
from monitor.web.page.watched import LookState
from monitor.web.server import WebServer

HERE: Final = Path(__file__).parent
TOKEN: Final = "a token of no daemon"  # noqa: S105
CHROMIUM: Final = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@dataclass(frozen=True)
class Shot:
    """A picture of a page: its file, its address, its size in CSS pixels, and the colours."""

    name: str
    path: str
    height: int
    scheme: Literal["light", "dark"] = "light"
    width: int = 1100
    unfolds: str = ""  # what is unfolded, by its words, after somebody signed in


def shots(over: Incident, still_open: Incident) -> tuple[Shot, ...]:
    """Every picture."""
    return (
        Shot("page-overview", "/", 610),
        Shot("page-monitor", "/monitors/support-bot", 930),
        Shot("page-phone", "/monitors/support-bot", 844, "dark", width=390),
        Shot("page-incident", f"/incidents/{over.id}", 900, "dark"),
        Shot("page-acts", f"/incidents/{still_open.id}", 900, unfolds="Accept"),
        Shot("page-advice", "/advice", 800),
        Shot("page-labels", "/monitors/support-bot/labels", 1000, "dark"),
    )


def main() -> None:
    """Write them all."""
    with _folder() as path:
        folder = DemoFolder(path)
        settings = load(folder.config, environ={}, secrets_dir=folder.logs)
        history = History.open(f"sqlite:///{folder.history}")
        watched = tuple(watched_of(name, each) for name, each in settings.monitors.items())
        incidents = history.queries.incidents()
        bad = [each for each in incidents if each.family is Family.QUALITY and each.monitor == "support-bot"]
        over = next(each for each in bad if each.state is State.RESOLVED)
        still_open = next(each for each in incidents if each.state is not State.RESOLVED)
        drawn = picture(history, watched[0], over)
        if drawn is not None:
            (HERE / "chart-incident.png").write_bytes(png(drawn.svg))
        looks = {each.name: LookState("ready", "") for each in watched}
        people = People(Sessions(TOKEN, MACHINE.now), Attempts(MACHINE.ticks), MACHINE.now, Acts(history, ()))
        pages = Pages(history, watched, lambda: looks, people, lambda: END)
        server = WebServer(Guard(pages.app(), ()), "127.0.0.1", 0)
        server.start()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
            for shot in shots(over, still_open):
                _take(browser, "http://{}:{}".format(*server.address), shot)
            browser.close()
        server.stop(patience=5)
        history.close()


@contextmanager
def _folder() -> Iterator[Path]:
    if len(sys.argv) > 1:
        yield Path(sys.argv[1])
        return
    with tempfile.TemporaryDirectory() as folder:
        play(Path(folder) / "demo", lambda _: None)
        yield Path(folder) / "demo"


def _take(browser: Browser, url: str, shot: Shot) -> None:
    size = {"width": shot.width, "height": shot.height}
    context = browser.new_context(base_url=url, color_scheme=shot.scheme, viewport=size)  # type: ignore[arg-type]
    page = context.new_page()
    if shot.unfolds:
        _sign_in(page)
    page.goto(shot.path)
    if shot.unfolds:
        page.locator("summary", has_text=shot.unfolds).first.click()
    page.screenshot(path=HERE / f"{shot.name}.png")
    context.close()


def _sign_in(page: Page) -> None:
    page.goto("/sign-in")
    page.get_by_label("Your name").fill("ada")
    page.get_by_label("Token").fill(TOKEN)
    page.locator("main").get_by_role("button", name="Sign in").click()


if __name__ == "__main__":
    main()
