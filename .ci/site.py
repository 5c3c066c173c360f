"""Build the documentation site into .site/html, as `make docs` does. A link that leads nowhere is an error.

mkdocs.yml has the pages in their order; those that it does not name follow: of statistics in their section, the rest in
a section Contributing. What pages link to, such as code, is copied beside them.
"""

import logging
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

os.environ["NO_MKDOCS_2_WARNING"] = "1"  # of the theme's makers, about a release that is not used here

from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort

logging.basicConfig(level=logging.WARNING, format="%(message)s")

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / ".site"
PAGES = ("*.md", "docs", "bench/*.md", "checks/README.md", "monitor/README.md")
LINK = re.compile(r"\]\((?!https?://|mailto:|#)([^)\s#]+)")
FORGE = re.compile(r"^\[[^]]+\]: \.\./\.\./.*$", re.MULTILINE)
"""Links to pages of the place where the repository lies, which no site knows."""


def main() -> None:
    """Copy the pages, put them in their order, build."""
    source = SITE / "source"
    shutil.rmtree(SITE, ignore_errors=True)
    pages = _tracked()
    for name in pages:
        _copy(ROOT / name, source)
        if name.endswith(".md"):
            for link in LINK.findall((ROOT / name).read_text("utf-8")):
                _copy((ROOT / name).parent / link, source)
    config = load_config(str(ROOT / "mkdocs.yml"), docs_dir=str(source), site_dir=str(SITE / "html"), strict=True)
    config["nav"] = _completed(config["nav"], [name for name in pages if name.endswith(".md")])
    try:
        build(config)
    except Abort as error:
        sys.exit(str(error))


def _tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z", *PAGES], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S607
    return sorted(name for name in listed.stdout.split("\0") if name and not name.startswith("."))


def _copy(file: Path, source: Path) -> None:
    file = file.resolve()
    target = source / file.relative_to(ROOT)
    if not file.is_file() or target.exists():  # a link that leads nowhere is told by the build
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    if file.suffix == ".md":
        target.write_text(FORGE.sub("", file.read_text("utf-8")), "utf-8")
    else:
        shutil.copyfile(file, target)


def _completed(nav: list[Any], pages: list[str]) -> list[Any]:
    left = sorted(set(pages) - set(_named(nav)))
    measured = [page for page in left if page.startswith("docs/statistics/measured/")]
    statistics = [page for page in left if page.startswith("docs/statistics/") and page not in measured]
    decisions = [page for page in left if page.startswith("docs/adr/")]
    rest = [page for page in left if page not in {*measured, *statistics, *decisions}]
    (explanation,) = [section["Explanation"] for section in nav if "Explanation" in section]
    (first,) = [page for page in explanation if "Statistics" in page]
    first["Statistics"] += [*statistics, {"Measured": measured}]
    return [*nav, {"Decisions": decisions}, {"Contributing": rest}]


def _named(nav: object) -> list[str]:
    if isinstance(nav, str):
        return [nav]
    values = nav.values() if isinstance(nav, dict) else nav if isinstance(nav, list) else ()
    return [page for value in values for page in _named(value)]


if __name__ == "__main__":
    main()
