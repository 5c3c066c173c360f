"""The SQL that docs/history.md shows."""

import re
from pathlib import Path
from typing import Final

DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "history.md"


def sql_blocks() -> list[str]:
    """Every block of SQL, in its order, without the semicolon."""
    found = re.findall(r"^```sql\n(.*?)^```", DOCUMENT.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    return [block.strip().rstrip(";") for block in found]
