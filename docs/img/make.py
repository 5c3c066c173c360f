# ruff: noqa: INP001 - a script beside its picture, of no package
"""Makes demo.svg, the picture at the top of README.md, from what `tunewatch demo` prints.

.venv/bin/python docs/img/make.py
"""

import io
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console, RenderableType
from rich.terminal_theme import MONOKAI
from rich.text import Text

from monitor.demo import timeline
from monitor.demo.play import play

PICTURE = Path(__file__).with_name("demo.svg")
WIDTH = 100  # columns
BEFORE, AFTER = 5, 5  # parts shown around the one alert that matters


def main() -> None:
    """Play the demo in a temporary folder, and draw the days around the alert of the support bot."""
    parts: list[RenderableType] = []
    with tempfile.TemporaryDirectory() as folder:
        play(Path(folder), parts.append)
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, highlight=False, emoji=False)
    for part in _around_the_alert(parts):
        console.print(part)
    svg = console.export_svg(title="tunewatch demo", theme=MONOKAI)
    PICTURE.write_text(_without_web_fonts(svg), encoding="utf-8")


def _around_the_alert(parts: Sequence[RenderableType]) -> Sequence[RenderableType]:
    texts = [_plain(part) for part in parts]
    heading = next(index for index, text in enumerate(texts) if timeline.HEADING.split("\n")[0] in text)
    alert = next(index for index, text in enumerate(texts) if "CRITICAL support-bot" in text)
    return [parts[heading], Text("  ..."), *parts[alert - BEFORE : alert + AFTER + 1]]


def _plain(part: RenderableType) -> str:
    written = io.StringIO()
    Console(file=written, width=WIDTH).print(part)
    return written.getvalue()


def _without_web_fonts(svg: str) -> str:
    """A picture in a README may load nothing; each viewer has a monospaced font of its own."""
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)


if __name__ == "__main__":
    main()
