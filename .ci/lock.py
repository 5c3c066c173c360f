"""Write the lock files: exact versions with hashes for every platform, and no registry's address.

`make lock` takes the newest versions that pyproject.toml allows; tests/repository/test_lock.py holds the locks to it.

- requirements.lock: what runs, and the extras that the image has (which installs this)
- requirements-slim.lock: the same without Evidently and what only it needs (the image's target `slim` installs this)
- requirements-build.lock: what builds the wheel
- requirements-dev.lock: both of them and the tools; what `make` installs
- docs/requirements.lock: what builds the documentation site
- tests/engines/requirements.lock: the engines of `make test-engines` alone, which run without what they name
"""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)  # of the supported Pythons: it needs every backport that a later one needs

HEADER = "# Written by `make lock` from pyproject.toml: exact versions, hashed for every platform.\n\n"
OPTIONS = (
    "--quiet",
    "--upgrade",
    "--strip-extras",
    "--allow-unsafe",  # setuptools builds the wheel, so it is locked like everything else
    "--generate-hashes",
    "--no-header",
    "--no-annotate",
    "--no-emit-options",  # such as the registries that pip was told of here
)


def main() -> None:
    """Write them all, the development lock after those whose versions it keeps to."""
    if sys.version_info[:2] != OLDEST:
        sys.exit("make lock: resolve on the oldest supported Python: make clean lock PYTHON=python3.11")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    extras: dict[str, list[str]] = project["project"]["optional-dependencies"]
    runtime: list[str] = [*project["project"]["dependencies"], *extras["otel"]]
    build: list[str] = project["build-system"]["requires"]
    tools: list[str] = project["dependency-groups"]["dev"]
    write("requirements.lock", runtime)
    without = [each for each in runtime if not each.startswith("evidently")]
    write("requirements-slim.lock", without, keep_to=("requirements.lock",))
    write("requirements-build.lock", build)
    write("requirements-dev.lock", [*runtime, *build, *tools], keep_to=("requirements.lock", "requirements-build.lock"))
    site: list[str] = project["dependency-groups"]["docs"]
    write("docs/requirements.lock", site)
    engines: list[str] = project["dependency-groups"]["engines"]
    write("tests/engines/requirements.lock", engines, alone=True)


def write(name: str, requirements: list[str], keep_to: tuple[str, ...] = (), *, alone: bool = False) -> None:
    """Resolve the requirements into the lock called `name`, at the versions that the locks in `keep_to` chose.

    With `alone`, what they need themselves is left out.
    """
    constraints = [option for lock in keep_to for option in ("--constraint", lock)]
    command = [sys.executable, "-m", "piptools", "compile", *OPTIONS, *constraints, "--output-file", name, "-"]
    subprocess.run(command, cwd=ROOT, input="\n".join(requirements), text=True, check=True)
    lock = ROOT / name
    written = lock.read_text("utf-8").lstrip()
    if alone:
        names = "|".join(re.escape(re.split("[<>=~!]", text)[0].strip()) for text in requirements)
        written = "".join(re.findall(rf"^(?:{names})==(?:.*\\\n)*.*\n", written, re.MULTILINE))
    lock.write_text(HEADER + written, "utf-8")
    sys.stderr.write(f"wrote {name}\n")


if __name__ == "__main__":
    main()
