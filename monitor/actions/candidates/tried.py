"""Which candidates were tried on a sample: remembered in its folder as well, for those who share no history."""

import hashlib
import json
import os
from pathlib import Path
from typing import Final

from monitor.actions.candidates.answers import Read
from monitor.common.json_lines import to_line
from monitor.common.private_file import ONLY_OWNER

TRIED: Final = "tried.jsonl"


def answers_digest(read: Read) -> str:
    """What tells one candidate from another: the class that each message got."""
    listed = json.dumps(sorted(read.classes.items()), ensure_ascii=False)
    return hashlib.sha256(listed.encode()).hexdigest()


def tried_in(folder: Path) -> set[str]:
    """The candidates that were tried in a folder, by their digests."""
    try:
        lines = (folder / TRIED).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return set()
    return {json.loads(line)["answers"] for line in lines if line}


def note_tried(folder: Path, digest: str, candidate: str) -> None:
    """Remember one; twice the same is one. Raises OSError."""
    if digest in tried_in(folder):
        return
    handle = os.open(folder / TRIED, os.O_WRONLY | os.O_CREAT | os.O_APPEND, ONLY_OWNER)
    with os.fdopen(handle, "a", encoding="utf-8") as opened:
        opened.write(to_line({"answers": digest, "candidate": candidate}) + "\n")
