"""The version stands in pyproject.toml, and what repeats it agrees; commits and templates are as CONTRIBUTING says."""

import re
import tomllib
from datetime import date
from itertools import pairwise

import yaml

from tests.repository.paths import ROOT

VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
CHANGELOG = (ROOT / "CHANGELOG.md").read_text("utf-8")
RELEASE = re.compile(r"^## \[(\d+)\.(\d+)\.(\d+)\] - (\d{4}-\d{2}-\d{2})$", re.MULTILINE)


def test_the_image_and_the_compose_file_have_the_version_of_the_package() -> None:
    assert f"ARG VERSION={VERSION} " in (ROOT / "Dockerfile").read_text("utf-8")
    assert f"image: tunewatch:{VERSION}\n" in (ROOT / "compose.yaml").read_text("utf-8")


def test_kubernetes_pulls_the_version_of_the_package() -> None:
    base = yaml.safe_load((ROOT / "deploy" / "kubernetes" / "base" / "kustomization.yaml").read_text("utf-8"))
    assert [image["newTag"] for image in base["images"]] == [VERSION]


def test_nothing_is_told_twice_in_the_changelog() -> None:
    begins = [line[:80] for line in CHANGELOG.splitlines() if line.startswith("- ")]
    assert [begin for begin in begins if begins.count(begin) > 1] == []


def test_the_changelog_begins_with_what_is_unreleased_then_the_version_of_the_package() -> None:
    headings = re.findall(r"^## (.+)$", CHANGELOG, re.MULTILINE)
    assert headings[0] == "[Unreleased]"
    assert headings[1].startswith(f"[{VERSION}] - ")
    assert all(RELEASE.match(f"## {heading}") for heading in headings[1:])


def test_versions_of_the_changelog_are_newest_first_with_their_days() -> None:
    releases = [(tuple(map(int, numbers)), date.fromisoformat(day)) for *numbers, day in RELEASE.findall(CHANGELOG)]
    assert all(newer > older for (newer, _), (older, _) in pairwise(releases))
    assert all(newer >= older for (_, newer), (_, older) in pairwise(releases))


def test_issue_forms_are_whole() -> None:
    forms = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
    assert forms
    for form in forms:
        content = yaml.safe_load(form.read_text("utf-8"))
        if form.name != "config.yml":
            assert {"name", "description", "body"} <= content.keys()
            assert all(part["type"] in {"markdown", "textarea", "input"} for part in content["body"])
