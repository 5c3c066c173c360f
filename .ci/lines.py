"""Prints the lines of Python by package at one commit and at another, as Markdown: python .ci/lines.py 90f87ca HEAD."""

import subprocess
import sys
from collections import Counter

PACKAGES = ("alerts", "checks", "config", "monitor", "bench", "tests")


def lines(commit: str) -> Counter[str]:
    """Lines of all Python files of the commit, by package, blank ones and comments too."""
    names = git("ls-tree", "-r", "--name-only", commit, *PACKAGES).splitlines()
    found: Counter[str] = Counter()
    for name in names:
        if name.endswith(".py"):
            found[name.split("/", 1)[0]] += git("show", f"{commit}:{name}").count("\n")
    return found


def git(*arguments: str) -> str:
    """What git prints."""
    return subprocess.run(["git", *arguments], check=True, capture_output=True, text=True).stdout  # noqa: S607


def main() -> None:
    """Print the table."""
    commits = sys.argv[1:]
    counted = [lines(commit) for commit in commits]
    ids = [git("rev-parse", "--short", commit).strip() for commit in commits]
    head = f"| package | {' | '.join(f'lines at {commit}' for commit in ids)} |\n|{' --- |' * (1 + len(commits))}\n"
    rows = (f"| `{name}` | {' | '.join(f'{each[name]:,}' for each in counted)} |\n" for name in PACKAGES)
    total = f"| all | {' | '.join(f'{each.total():,}' for each in counted)} |\n"
    sys.stdout.write(head + "".join(rows) + total)


if __name__ == "__main__":
    main()
