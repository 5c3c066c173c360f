"""Links as an operator writes them."""

from pathlib import Path

import pytest

from alerts.messages.links import FACTS
from config import Settings, load
from config.errors import ConfigError
from config.links import NAMED
from monitor.bootstrap.links import build_links
from tests.support.incidents import incident

HEAD = """
monitors:
  support-bot:
    source: {predictions: {files: a.csv, columns: {id: i, at: t, predicted: p}}}
"""


def read(tmp_path: Path, links: str) -> Settings:
    file = tmp_path / "tunewatch.yaml"
    file.write_text(f"{HEAD}links: {links}\n", encoding="utf-8")
    return load(file, environ={})


def test_addresses_become_the_links_of_an_incident(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        """
  page: https://tunewatch.example.org
  runbooks:
    - {check: traffic, url: "https://wiki.example.org/traffic"}
    - {class: [billing, urgent], family: quality, url: "https://wiki.example.org/{class}"}
""",
    )

    assert [link.url for link in build_links(found.links).of(incident())] == [
        "https://tunewatch.example.org/incidents/quality-2279cd800b",
        "https://wiki.example.org/urgent",
    ]


@pytest.mark.parametrize(
    ("links", "says"),
    [
        ("{page: tunewatch.example.org}", "links.page"),
        ("{dashboard: 'https://ada:pw@grafana.example.org/'}", "without a user"),
        ("{dashboard: 'https://grafana.example.org/{host}'}", "names {host}, and there is {monitor}, {incident}"),
        ("{runbooks: [{check: traffic, url: 'https://wiki.example.org/{'}]}", "links.runbooks.0.url"),
        # what is filled in is the bare name, and nothing else: these would go out as they are written
        ("{dashboard: 'https://grafana.example.org/{monitor!r}'}", "names {monitor!r}, and there is {monitor}"),
        ("{dashboard: 'https://grafana.example.org/{{monitor}}'}", "has a brace that names nothing"),
        ("{page: 'https://ada:pw@tunewatch.example.org/'}", "links.page must have no user in it"),
    ],
)
def test_an_address_that_leads_nowhere_is_told_with_its_key(tmp_path: Path, links: str, says: str) -> None:
    with pytest.raises(ConfigError) as error:
        read(tmp_path, links)

    assert says in str(error.value)
    assert "pw@" not in str(error.value)


def test_an_address_may_name_the_facts_that_are_filled_in() -> None:
    assert NAMED == FACTS
