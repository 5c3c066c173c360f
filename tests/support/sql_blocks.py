"""The SQL that the documentation shows."""

import re
from pathlib import Path
from typing import Final

DOCUMENTS: Final = Path(__file__).parents[2] / "docs"


def sql_blocks(document: str = "history.md", language: str = "sql") -> list[str]:
    """Every block of SQL, in its order, without the semicolon."""
    text = (DOCUMENTS / document).read_text(encoding="utf-8")
    found = re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)
    return [block.strip().rstrip(";") for block in found]
