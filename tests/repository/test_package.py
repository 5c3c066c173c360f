"""The wheel has every file that the program reads, not only its code."""

import tomllib
from fnmatch import fnmatch

from tests.repository.paths import ROOT

PACKAGES = ("alerts", "checks", "config", "monitor")


def test_every_file_beside_the_code_is_in_the_wheel() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    patterns = project["tool"]["setuptools"]["package-data"]["*"]
    beside = [
        file
        for package in PACKAGES
        for file in (ROOT / package).rglob("*")
        if file.is_file() and file.suffix not in {".py", ".pyc"}
    ]
    assert [file for file in beside if not any(fnmatch(file.name, pattern) for pattern in patterns)] == []
    assert [file for file in beside if not (file.parent / "__init__.py").exists() and file.suffix == ".jinja"] == []
