"""SVG as PNG, by resvg (3 MB, and 7 MB of memory) and a font of our own, as a bare container has none."""

from pathlib import Path
from typing import Final

FONT: Final = Path(__file__).with_name("DejaVuSans.ttf")
FAMILY: Final = "DejaVu Sans"


def png(svg: str) -> bytes:
    """The picture, at the width that the drawing names. Raises ValueError for what is no SVG."""
    import resvg_py  # noqa: PLC0415 - only where charts go out

    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            skip_system_fonts=True,  # the same picture everywhere, and nothing to search through
            font_files=[str(FONT)],
            font_family=FAMILY,
            sans_serif_family=FAMILY,
        )
    )
