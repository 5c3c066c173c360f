"""A file that only its owner can read, there whole or not at all."""

import os
import tempfile
from pathlib import Path
from typing import Final

ONLY_OWNER: Final = 0o600
"""Mode of files that hold messages of users."""


def write_private(out: Path, text: str) -> None:
    """Put a file with the text (UTF-8, as it is) in the place of `out`; what is no regular file is written to.

    Raises OSError.
    """
    if out.exists() and not out.is_file():  # a pipe or a device, which belongs to whoever reads it
        out.write_text(text, encoding="utf-8", newline="")
        return
    place = out.resolve()
    handle, draft = tempfile.mkstemp(prefix=f".{place.name}-", dir=place.parent)  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8"))
        Path(draft).replace(place)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
