import os
import threading
from pathlib import Path

import pytest

from monitor.common.private_file import write_private


def test_a_file_is_replaced_whole_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "out.csv"
    file.write_text("old")
    file.chmod(0o644)

    write_private(file, "new\r\n")

    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (b"new\r\n", 0o600)
    assert [each.name for each in tmp_path.iterdir()] == ["out.csv"]


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    file = tmp_path / "out.csv"
    file.write_text("old")

    with pytest.raises(UnicodeEncodeError):
        write_private(file, "half \ud800")

    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("out.csv", "old")]


def test_a_link_is_followed_and_a_pipe_is_written_to(tmp_path: Path) -> None:
    target, link, pipe = tmp_path / "target", tmp_path / "link", tmp_path / "pipe"
    target.write_text("old")
    link.symlink_to(target)
    write_private(link, "new")
    assert (link.is_symlink(), target.read_text()) == (True, "new")

    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    write_private(pipe, "through")
    reader.join()
    assert read == ["through"]
