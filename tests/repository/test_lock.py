"""The locks agree with pyproject.toml and with each other; checked without a network. `make lock` writes them."""

import re
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, requires

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.repository.paths import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
IN_THE_IMAGE: list[str] = PROJECT["project"]["optional-dependencies"]["otel"]
RUNTIME: list[str] = [*PROJECT["project"]["dependencies"], *IN_THE_IMAGE]
BUILD: list[str] = PROJECT["build-system"]["requires"]
TOOLS: list[str] = PROJECT["dependency-groups"]["dev"]
ENGINES: list[str] = PROJECT["dependency-groups"]["engines"]
SITE: list[str] = PROJECT["dependency-groups"]["docs"]

LOCKS = {
    "requirements.lock": RUNTIME,
    "requirements-slim.lock": [each for each in RUNTIME if not each.startswith("evidently")],
    "requirements-build.lock": BUILD,
    "requirements-dev.lock": [*RUNTIME, *BUILD, *TOOLS],
}
ALL = LOCKS | {"tests/engines/requirements.lock": ENGINES, "docs/requirements.lock": SITE}
"""With what is not installed here."""

PIN = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>\S+)( ; python_version < \"3\.\d+\")? \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")


def pins(lock: str) -> dict[str, Version]:
    """Return the version that a lock has for each package."""
    lines = (ROOT / lock).read_text("utf-8").splitlines()
    return {pin["name"]: Version(pin["version"]) for line in lines if (pin := PIN.fullmatch(line))}


def unmet(wanted: Requirement, locked: dict[str, Version]) -> bool:
    """Whether the lock misses a package, or has a version of it that is not allowed."""
    version = locked.get(canonicalize_name(wanted.name))
    return version is None or not wanted.specifier.contains(version, prereleases=True)


def closure(requirements: list[str]) -> list[Requirement]:
    """Return what these requirements need on this machine, directly or not, as the installed packages say."""
    waiting, needed = [Requirement(text) for text in requirements], dict[str, Requirement]()
    while waiting:
        wanted = waiting.pop()
        if str(wanted) in needed:
            continue
        needed[str(wanted)] = wanted
        if wanted.marker is not None and not wanted.marker.evaluate({"extra": ""}):  # another Python needs it
            continue
        for text in requires(wanted.name) or []:
            further = Requirement(text)
            if further.marker is None or any(further.marker.evaluate({"extra": e}) for e in ("", *wanted.extras)):
                waiting.append(further)
    return list(needed.values())


@pytest.mark.parametrize(("lock", "requirements"), ALL.items())
def test_a_lock_has_an_allowed_version_of_everything_that_pyproject_asks_for(
    lock: str, requirements: list[str]
) -> None:
    locked = pins(lock)
    assert [text for text in requirements if unmet(Requirement(text), locked)] == [], (
        f"{lock} is stale: run `make lock`"
    )


@pytest.mark.parametrize(("lock", "requirements"), LOCKS.items())
def test_a_lock_has_an_allowed_version_of_everything_that_its_packages_need(lock: str, requirements: list[str]) -> None:
    locked = pins(lock)
    assert [str(wanted) for wanted in closure(requirements) if unmet(wanted, locked)] == [], "run `make lock`"


@pytest.mark.skipif(
    (sys.platform, sys.version_info[:2]) != ("linux", (3, 11)), reason="the lock may hold more than this machine needs"
)
@pytest.mark.parametrize(("lock", "requirements"), LOCKS.items())
def test_a_lock_has_nothing_that_is_not_needed(lock: str, requirements: list[str]) -> None:
    needed = {canonicalize_name(wanted.name) for wanted in closure(requirements)}
    assert set(pins(lock)) - needed == set(), "run `make lock`"


def test_the_image_gets_the_versions_that_were_tested() -> None:
    tested = pins("requirements-dev.lock")
    for lock in ("requirements.lock", "requirements-slim.lock", "requirements-build.lock"):
        assert pins(lock).items() <= tested.items()


@pytest.mark.parametrize("lock", ALL)
def test_a_lock_is_versions_and_hashes_and_names_no_registry(lock: str) -> None:
    lines = [line for line in (ROOT / lock).read_text("utf-8").splitlines() if line and not line.startswith("#")]
    assert [line for line in lines if not PIN.fullmatch(line) and not HASH.fullmatch(line)] == []
    followed_by_hash = [
        bool(HASH.fullmatch(after)) for line, after in zip(lines, [*lines[1:], ""], strict=True) if PIN.match(line)
    ]
    assert all(followed_by_hash)


def test_the_engines_that_have_an_environment_of_their_own_are_in_no_other() -> None:
    assert not pins("requirements-dev.lock").keys() & pins("tests/engines/requirements.lock").keys()


def test_a_package_that_is_not_installed_is_an_error_and_not_an_empty_closure() -> None:
    with pytest.raises(PackageNotFoundError):
        closure(["no-such-package-as-this"])
