"""A folder appears whole, or not at all, and only its owner reads it."""

import stat
from pathlib import Path

import pytest

from monitor.actions.folder import FolderError, new_folder, write_files


def test_it_is_there_at_the_end_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    with new_folder(tmp_path / "out") as draft:
        write_files(draft, {"a.txt": "é\r\n"})
        assert not (tmp_path / "out").exists()

    assert (tmp_path / "out" / "a.txt").read_bytes() == "é\r\n".encode()
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "out" / "a.txt").stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["out"]


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with new_folder(tmp_path / "out") as draft:
        write_files(draft, {"a.txt": "a"})
    assert (tmp_path / "out" / "a.txt").read_text() == "a"


def test_what_goes_wrong_leaves_nothing_behind(tmp_path: Path) -> None:
    class WrongError(Exception):
        pass

    def fill() -> None:
        with new_folder(tmp_path / "out") as draft:
            write_files(draft, {"a.txt": "a"})
            raise WrongError

    with pytest.raises(WrongError):
        fill()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("there", ["a file", "a full folder", "a link", "no parent"])
def test_what_is_there_is_not_touched(tmp_path: Path, there: str) -> None:
    out = tmp_path / "out"
    match there:
        case "a file":
            out.write_text("mine")
        case "a full folder":
            out.mkdir()
            (out / "mine").write_text("mine")
        case "a link":
            out.symlink_to(tmp_path)
        case _:
            out = tmp_path / "nowhere" / "out"
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(FolderError), new_folder(out):
        pass
    assert sorted(tmp_path.rglob("*")) == before
