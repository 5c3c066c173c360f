"""The image keeps its promises, as far as they can be checked without a container engine.

What the build stage does (build the wheel from the files it copies, install it apart) is done here for real.
"""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.repository.dockerfile import Stage, read_stages
from tests.repository.paths import ROOT

STAGES = read_stages(ROOT / "Dockerfile")
BUILD, IMAGE, SLIM = STAGES["build"], STAGES["full"], STAGES["slim"]
IMAGES = pytest.mark.parametrize("image", [IMAGE, SLIM], ids=["full", "slim"])


def copied(stage: Stage) -> list[str]:
    """Return what a stage copies from the repository."""
    copies = [copy.rest.split() for copy in stage.all("COPY") if not copy.rest.startswith("--from")]
    return [source for *sources, _ in copies for source in sources]


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command away from the repository, so that it imports only what is installed; return what it prints."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("COV", "PYTHON", "TUNEWATCH"))}
    done = subprocess.run(command, cwd=cwd, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_all_stages_are_on_one_pinned_base_and_the_full_image_is_what_is_built_unless_told() -> None:
    (base,) = {stage.image for stage in STAGES.values()}
    assert re.fullmatch(r"python:3\.\d+-slim-\w+", base)
    assert list(STAGES)[-1] == "full"


@pytest.mark.parametrize(("image", "build"), [(IMAGE, "build"), (SLIM, "build-slim")])
def test_an_image_copies_only_what_was_built(image: Stage, build: str) -> None:
    assert copied(image) == []
    assert [copy.rest for copy in image.all("COPY")] == [f"--from={build} /opt/tunewatch /opt/tunewatch"]


@IMAGES
def test_an_image_installs_nothing_and_has_no_installer(image: Stage) -> None:
    commands = " ".join(command.rest for command in image.all("RUN"))
    assert re.search(r"\b(apt|apt-get|pip3? install|gcc|make|curl|wget)\b", commands) is None
    assert re.search(r"rm -rf .*ensurepip .*site-packages/pip\*", commands)


@IMAGES
def test_the_process_is_no_root_and_its_number_never_changes(image: Stage) -> None:
    assert image.last("USER").rest == "10001:10001"
    after_user = image.instructions[image.instructions.index(image.last("USER")) :]
    assert not {"RUN", "ADD"} & {instruction.keyword for instruction in after_user}
    assert not any("--chown" in copy.rest for copy in image.all("COPY"))  # what is copied is root's


@IMAGES
def test_tunewatch_is_the_first_process_and_gets_the_signals(image: Stage) -> None:
    assert image.last("ENTRYPOINT").exec_form == ["tunewatch"]
    assert image.last("CMD").exec_form == ["run", "-c", "/etc/tunewatch/tunewatch.yaml"]
    assert image.last("STOPSIGNAL").rest == "SIGTERM"


@IMAGES
def test_health_is_asked_without_a_shell(image: Stage) -> None:
    assert image.last("HEALTHCHECK").exec_form == ["tunewatch", "ping"]


def test_only_packages_whose_hashes_are_locked_are_fetched() -> None:
    installs = re.findall(r"pip (?:--python \S+ )?install ([^&]*)", " & ".join(c.rest for c in BUILD.all("RUN")))
    assert len(installs) == 4
    assert all("--require-hashes" in install or "--no-index" in install for install in installs)


def test_the_build_copies_every_package_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = {name.rstrip("*") for name in project["tool"]["setuptools"]["packages"]["find"]["include"]}
    assert packages <= set(copied(BUILD))


def test_the_build_sees_the_files_that_it_copies_and_no_others() -> None:
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    assert sorted(rule[1:] for rule in rules if rule.startswith("!")) == sorted(copied(BUILD))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from what the build stage copies."""
    source = tmp_path_factory.mktemp("src")
    for name in copied(BUILD):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(ROOT / name, source / name)
    options = ("--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check")
    run(sys.executable, "-m", "pip", "wheel", *options, "--wheel-dir", "dist", ".", cwd=source)
    (built,) = (source / "dist").iterdir()
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into a clean environment, which borrows the packages of this one; return its bin folder."""
    home = tmp_path_factory.mktemp("opt") / "tunewatch"
    venv.create(home, symlinks=True)
    options = ("--quiet", "--no-deps", "--no-index", "--disable-pip-version-check")
    run(sys.executable, "-m", "pip", "--python", home / "bin" / "python", "install", *options, wheel, cwd=home)
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(home)}))
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib"), "utf-8")
    return home / "bin"


def test_the_wheel_has_every_file_of_the_packages_that_git_has(wheel: Path) -> None:
    packed = set(ZipFile(wheel).namelist())
    folders = [ROOT / name for name in ("alerts", "checks", "config", "monitor", "tunewatch")]
    here = {file.relative_to(ROOT).as_posix() for folder in folders for file in folder.rglob("*.*") if file.is_file()}
    assert {file for file in here if not file.endswith(".pyc")} - packed == set()
    assert {f"{folder.name}/py.typed" for folder in folders} <= packed
    assert any("/migrations/versions/" in file for file in packed)


def test_the_installed_command_runs_away_from_the_repository(installed: Path, tmp_path: Path) -> None:
    assert run(installed / "tunewatch", "--version", cwd=tmp_path).startswith("tunewatch 0.")
    assert "run" in run(installed / "tunewatch", "--help", cwd=tmp_path)
    where = run(installed / "python", "-c", "import monitor; print(monitor.__file__)", cwd=tmp_path)
    assert Path(where).is_relative_to(installed.parent)
