"""The pages in a real browser: Chromium, as Debian packages it, at three widths, in light and dark, by keyboard.

Nothing of it runs where there is no Chromium, and the reason says so.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from config.loading import load
from monitor.common.clock import MACHINE
from monitor.daemon.pages import examples_of
from monitor.history import History
from monitor.people.acts import Acts
from monitor.web.guarding import Guard
from monitor.web.page.app import Pages
from monitor.web.page.attempts import Attempts
from monitor.web.page.people import People
from monitor.web.page.sessions import Sessions
from monitor.web.server import WebServer
from tests.support.mistaken import MESSAGES, write_messages

CHROMIUM: Final = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="NO BROWSER: nothing of the pages is drawn, read aloud or typed; apt-get install chromium"
)

TOKEN: Final = "correct horse battery"
WIDTHS: Final = (390, 820, 1680)  # CSS pixels: a phone, a tablet upright, a second screen
SERIOUS: Final = frozenset({"serious", "critical"})
EVIDENTLYS: Final = """<!doctype html><html lang="en"><title>?</title><script>
let cookie; try { cookie = document.cookie } catch { cookie = "" }
fetch("/").then(() => "read", () => "apart").then(told => { document.title = cookie === "" ? told : "cookie" })
</script></html>"""

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def acted(played: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[History]:
    """The played history, to be acted on; its incident has a report of Evidently's, and messages answered wrong."""
    home = tmp_path_factory.mktemp("acted")
    shutil.copy(played / "history.db", home)
    history = History.open(f"sqlite:///{home}/history.db")
    (incident,) = history.queries.incidents()
    (home / "reports").mkdir()
    (home / "reports" / "it.html").write_text(EVIDENTLYS, "utf-8")
    with history.transaction(incident.monitor) as transaction:
        (step,) = history.queries.incident_events(incident.id)[-1:]
        transaction.tell((replace(step, incident=replace(incident, report="reports/it.html")),), ())
    write_messages(home, incident.onset, (*MESSAGES, ("billing", "other", "x" * 400)))
    yield history
    history.close()


@pytest.fixture(scope="module")
def url(pages: Pages, acted: History) -> Iterator[str]:
    people = People(Sessions(TOKEN, MACHINE.now), Attempts(MACHINE.ticks), MACHINE.now, Acts(acted, ()))
    database = acted._engine.url.database  # noqa: SLF001 - where the files of this test are
    assert database is not None
    home = Path(database).parent
    found = partial(examples_of, load(home / "tunewatch.yaml", environ={}), MACHINE)
    shown = replace(pages, history=acted, people=people, reports=home / "reports", examples=found)
    server = WebServer(Guard(shown.app(), ()), "127.0.0.1", 0)
    server.start()
    yield "http://{}:{}".format(*server.address)
    server.stop(patience=5)


@pytest.fixture(scope="module")
def paths(acted: History) -> tuple[str, ...]:
    """Every page, for who is signed in."""
    (incident,) = acted.queries.incidents()
    of_incident = (f"/incidents/{incident.id}", f"/incidents/{incident.id}/examples")
    of_monitor = tuple(f"/monitors/support-bot{rest}" for rest in ("", "/labels", "/advice"))
    return ("/", *of_monitor, "/advice", *of_incident, "/sign-in", "/nothing")


@pytest.fixture
def opened(browser: Browser, url: str) -> Iterator[Open]:
    """Opens a context of these options with a page in it; whatever a page complains about fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def complain(message: ConsoleMessage) -> None:
        if not message.location["url"].endswith(("/nothing", "/evidently")):
            complaints.append(message.text)

    def open_(**options: Any) -> Page:  # noqa: ANN401 - of the browser
        context = browser.new_context(base_url=url, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", complain)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_
    for context in contexts:
        context.close()
    assert complaints == []


def sign_in(page: Page) -> None:
    page.goto("/sign-in")
    page.get_by_label("Your name").fill("ada")
    page.get_by_label("Token").fill(TOKEN)
    page.locator("main").get_by_role("button", name="Sign in").click()


def unfold(page: Page) -> None:
    page.evaluate(
        "document.querySelectorAll('details').forEach(each => { each.removeAttribute('name'); each.open = true })"
    )


def test_no_page_is_wider_than_its_screen_and_each_has_its_style(opened: Open, paths: tuple[str, ...]) -> None:
    page = opened()
    sign_in(page)

    for path in paths:
        page.goto(path)
        unfold(page)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.evaluate("getComputedStyle(document.body).margin") == "0px", "the style sheet was not applied"
        assert page.locator("h1").count() == 1, path


@pytest.mark.parametrize(
    ("scheme", "rules"),
    [
        ("light", {}),
        ("dark", {"runOnly": ["color-contrast", "link-in-text-block"]}),  # only colours differ
    ],
)
def test_axe_has_no_serious_finding_on_any_page(
    opened: Open, paths: tuple[str, ...], scheme: Literal["light", "dark"], rules: dict[str, list[str]]
) -> None:
    page = opened(color_scheme=scheme, reduced_motion="reduce", viewport={"width": 1280, "height": 900})
    sign_in(page)
    found = []

    for path in paths:
        answer = page.goto(path)
        assert answer is not None
        assert answer.ok == (path != "/nothing"), path
        unfold(page)
        results = Axe().run(page, options={"resultTypes": ["violations"], **rules}).response
        assert results["passes"], "axe looked at nothing"
        found += [
            (path, each["id"], each["nodes"][0]["html"][:200], each["nodes"][0]["failureSummary"])
            for each in results["violations"]
            if each["impact"] in SERIOUS
        ]
        assert page.evaluate("document.getAnimations().length") == 0

    assert found == []


def test_dark_pages_are_dark_and_light_ones_light(opened: Open) -> None:
    shades = {}
    for scheme in ("light", "dark"):
        page = opened(color_scheme=scheme)
        page.goto("/")
        red = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0]")
        shades[scheme] = int(red)

    assert shades["light"] > 200
    assert shades["dark"] < 60


def test_everything_can_be_reached_by_keyboard_and_what_is_reached_is_seen(
    opened: Open, paths: tuple[str, ...]
) -> None:
    page = opened(viewport={"width": 1280, "height": 900})
    sign_in(page)

    for path in (paths[1], paths[5], paths[6]):
        page.goto(path)
        seen: list[dict[str, Any]] = []
        while len(seen) < 200:
            page.keyboard.press("Tab")
            at = page.evaluate(FOCUSED)
            if at is None or (seen and at["place"] == seen[0]["place"]):
                break
            assert at["outline"] != "none", at
            assert at["inside"], at
            seen.append(at)
        places = [each["place"] for each in seen]
        assert seen[0]["text"] == "to the page"
        assert places == sorted(places), "the order is that of reading"
        assert len(places) == page.evaluate(f"{REACHABLE}.length"), "nothing is left out"


REACHABLE: Final = (
    "[...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, summary, [tabindex]')]"
    ".filter(each => each.checkVisibility() && !(each.type === 'radio' && !each.checked))"
)
FOCUSED: Final = """() => {
  const at = document.activeElement
  if (!at || at === document.body) return null
  const box = at.getBoundingClientRect()
  return {
    place: [...document.querySelectorAll('*')].indexOf(at), text: at.textContent.trim(),
    outline: getComputedStyle(at).outlineStyle,
    inside: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  }
}"""


def test_evidentlys_page_runs_apart_from_ours(opened: Open, paths: tuple[str, ...], url: str) -> None:
    page = opened()
    refused = page.request.get(f"{url}{paths[5]}/evidently")
    sign_in(page)
    page.goto(paths[5])
    page.get_by_role("link", name="Evidently's report of the rows").click()
    page.wait_for_function("document.title !== '?'")

    assert refused.status == 401
    assert page.title() == "apart"


def test_an_incident_is_taken_and_resolved_without_any_script(
    opened: Open, acted: History, paths: tuple[str, ...]
) -> None:
    page = opened(java_script_enabled=False, viewport={"width": 390, "height": 800})
    page.goto(paths[5])
    page.get_by_role("link", name="Sign in to act on it").click()
    page.get_by_label("Your name").fill("ada")
    page.get_by_label("Token").fill(TOKEN)
    page.locator("main").get_by_role("button", name="Sign in").click()

    page.locator("summary", has_text="Acknowledge").click()
    form = page.locator("details[open] form")
    form.get_by_label("For").select_option("8 hours")
    form.get_by_label("Why").fill("on it")
    form.get_by_role("button").click()
    done = page.get_by_role("status").inner_text()
    taken = acted.queries.incidents()[0].acknowledged_by
    page.locator("summary", has_text="Resolve by hand").click()
    page.locator("details[open] form").get_by_role("button").click()

    assert done.startswith("Done: Acknowledged by ada until ")
    assert done.endswith(": on it")
    assert taken == "ada"
    assert page.get_by_role("status").last.inner_text() == "Done: Resolved by hand by ada"
    assert page.locator("summary", has_text="Acknowledge").count() == 0
    page.get_by_role("button", name="Sign out").click()
    assert page.get_by_role("link", name="Sign in").is_visible()
