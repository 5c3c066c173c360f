"""A folder that appears at once and whole, or not at all."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from monitor.common.private_file import ONLY_OWNER


class FolderError(Exception):
    """The folder cannot be made there; the message says why and what to do."""


def check_free(out: Path) -> None:
    """Raise FolderError unless `out` is new, or empty, and its parent is a folder."""
    if not out.absolute().parent.is_dir():
        raise FolderError(f"there is no folder {out.absolute().parent} to make it in")
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise FolderError(f"{out} is there already and is no folder")
    if out.is_dir() and any(out.iterdir()):
        raise FolderError(f"{out} is there already and is not empty; give another --out")


@contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """Give a folder to fill, beside `out`, and put it in `out`'s place at the end; an exception leaves nothing behind.

    Only its owner can read it. Raises FolderError.
    """
    check_free(out)
    try:
        draft = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.absolute().parent))  # mode 0700
    except OSError as error:
        raise FolderError(f"{out} cannot be made: {error.strerror}") from None
    try:
        yield draft
        for file in draft.iterdir():
            file.chmod(ONLY_OWNER)
        draft.replace(out)  # replaces an empty folder too
    except OSError as error:
        raise FolderError(f"{out} cannot be written: {error.strerror}") from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write texts as UTF-8, as they are."""
    for name, text in files.items():
        with os.fdopen(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, ONLY_OWNER), "wb") as file:
            file.write(text.encode("utf-8"))
