"""Draws the import graph of the rooms, docs/img/rooms.svg, from the imports that there are.

python .ci/rooms.py            # writes the picture
python .ci/rooms.py --check    # ends with 1 where the picture is not that of the imports

A room is a package of `monitor` or `checks`, and `alerts` and `config` each as a whole. An arrow stands for imports
from one room to another. Left out are arrows that others imply: where a imports b, b imports c and a imports c, the
last is not drawn (the transitive reduction of the graph).
"""

import itertools
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import grimp

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "img" / "rooms.svg"

BOX, HEIGHT = 118, 30  # pixels, of a room
ROW, GAP, LANE = 64, 22, 24  # pixels: between rows, between boxes, for an arrow that passes a row
LEFT, TOP = 92, 34  # pixels, for the names of the packages and the heading of a band
SWEEPS = 24  # over the rows; the order is steady long before

COLOURS = {"monitor": ("#e8f0fb", "#2b5c9e"), "middle": ("#f4f4f4", "#666666"), "checks": ("#eaf5ea", "#2e7d32")}

Edges = frozenset[tuple[str, str]]


class Place(NamedTuple):
    """A room in its row, or the place where an arrow passes that row."""

    row: int
    name: str


def room_of(module: str) -> str | None:
    """The room of a module; None for the package itself."""
    package, *rest = module.split(".")
    if package in {"alerts", "config"}:
        return package
    return f"{package}.{rest[0]}" if rest else None


def imports() -> Edges:
    """All imports from one room to another."""
    graph = grimp.build_graph("alerts", "checks", "config", "monitor", cache_dir=None)
    pairs = (
        (room_of(one), room_of(other))
        for one in graph.modules
        for other in graph.find_modules_directly_imported_by(one)
    )
    return frozenset((one, other) for one, other in pairs if one and other and one != other)


def reduced(edges: Edges) -> Edges:
    """The edges that no path of others implies."""
    below = successors(edges)

    @cache
    def reach(room: str) -> frozenset[str]:
        return below[room] | {far for near in below[room] for far in reach(near)}

    return frozenset((a, b) for a, b in edges if not any(b in reach(c) for c in below[a] - {b}))


def successors(edges: Iterable[tuple[str, str]]) -> Mapping[str, frozenset[str]]:
    """What each room imports."""
    found: dict[str, set[str]] = defaultdict(set)
    for one, other in edges:
        found[one].add(other)
        found.setdefault(other, set())
    return {room: frozenset(others) for room, others in found.items()}


def rows_of(edges: Edges) -> dict[str, int]:
    """The row of each room, from 0 at the top: those of monitor, then alerts and config, then those of checks."""
    below = successors(edges)
    above = successors((b, a) for a, b in edges)

    @cache
    def depth(room: str) -> int:
        return 1 + max((depth(other) for other in above[room] if package(other) == package(room)), default=-1)

    @cache
    def height(room: str) -> int:
        return 1 + max((height(other) for other in below[room]), default=-1)

    first = 1 + max(depth(room) for room in below if package(room) == "monitor")
    last = first + 1 + max(height(room) for room in below if package(room) == "checks")

    def row(room: str) -> int:
        if package(room) == "monitor":
            return depth(room)
        return last - height(room) if package(room) == "checks" else first

    return {room: row(room) for room in below}


def package(room: str) -> str:
    """`monitor`, `checks`, or `middle` for the two packages that are drawn whole."""
    return room.split(".", maxsplit=1)[0] if "." in room else "middle"


def lines_of(edges: Edges, rows: Mapping[str, int]) -> list[list[Place]]:
    """Each arrow as the places that it passes, a row at a time."""
    return [
        [
            Place(rows[one], one),
            *(Place(row, f"{one}>{other}") for row in range(rows[one] + 1, rows[other])),
            Place(rows[other], other),
        ]
        for one, other in sorted(edges)
    ]


def spread(lines: list[list[Place]]) -> dict[Place, float]:
    """The middle of each place, in pixels: near to what it is connected with, apart from its neighbours."""
    near: dict[Place, list[Place]] = defaultdict(list)
    for line in lines:
        for one, other in itertools.pairwise(line):
            near[one].append(other)
            near[other].append(one)
    layers: dict[int, list[Place]] = defaultdict(list)
    for place in sorted(near):
        layers[place.row].append(place)
    x = {place: 100.0 * n for layer in layers.values() for n, place in enumerate(layer)}
    for sweep in range(SWEEPS):
        for row in sorted(layers, reverse=bool(sweep % 2)):
            wish = {place: sum(x[other] for other in near[place]) / len(near[place]) for place in layers[row]}
            layers[row].sort(key=lambda place: (wish[place], place.name))
            x |= apart(layers[row], wish)
    least = min(x[place] - width(place) / 2 for place in x)
    return {place: LEFT + x[place] - least for place in x}


def apart(layer: list[Place], wish: Mapping[Place, float]) -> dict[Place, float]:
    """Places in this order, as near to the wishes as their widths allow, with the same middle of all."""
    placed: dict[Place, float] = {}
    end = -float("inf")
    for place in layer:
        placed[place] = max(wish[place], end + width(place) / 2)
        end = placed[place] + width(place) / 2 + GAP
    pushed = sum(placed[place] - wish[place] for place in layer) / len(layer)
    return {place: at - pushed for place, at in placed.items()}


def width(place: Place) -> float:
    """Pixels that a place needs."""
    return LANE if ">" in place.name else BOX


def draw(edges: Edges) -> str:
    """The picture as SVG."""
    rows = rows_of(edges)
    lines = lines_of(edges, rows)
    x = spread(lines)
    total = max(x[place] + width(place) / 2 for place in x) + GAP
    bottom = TOP + ROW * (max(rows.values()) + 1)
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {total:.0f} {bottom:.0f}" width="{total:.0f}" '
            f'height="{bottom:.0f}" font-family="Helvetica, Arial, sans-serif" font-size="13">'
        ),
        "<title>What each room imports: from the top down, never up</title>",
        (
            '<defs><marker id="to" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
            '<path d="M0 0L8 4L0 8z" fill="#555"/></marker></defs>'
        ),
        f'<rect width="{total:.0f}" height="{bottom:.0f}" fill="#fff"/>',
    ]
    for name, (fill, ink) in COLOURS.items():
        own = [rows[room] for room in rows if package(room) == name]
        top, tall = TOP + ROW * min(own) - ROW / 4, ROW * (max(own) - min(own) + 1) - 6
        parts.append(f'<rect x="6" y="{top:.0f}" width="{total - 12:.0f}" height="{tall:.0f}" rx="8" fill="{fill}"/>')
        if name != "middle":
            parts.append(f'<text x="16" y="{top + 22:.0f}" fill="{ink}" font-weight="bold">{name}</text>')
    parts += [arrow([(x[place], y_of(place.row)) for place in line]) for line in lines]
    for room, row in sorted(rows.items(), key=lambda item: (item[1], item[0])):
        middle, ink = x[Place(row, room)], COLOURS[package(room)][1]
        parts.append(
            f'<rect x="{middle - BOX / 2:.0f}" y="{y_of(row) - HEIGHT / 2:.0f}" width="{BOX}" height="{HEIGHT}" rx="5" '
            f'fill="#fff" stroke="{ink}"/>'
            f'<text x="{middle:.0f}" y="{y_of(row) + 5:.0f}" text-anchor="middle" fill="#222">'
            f"{room.split('.')[-1]}</text>"
        )
    return "\n".join([*parts, "</svg>\n"])


def y_of(row: int) -> float:
    """Middle of a row, in pixels."""
    return TOP + ROW * row + HEIGHT / 2


def arrow(points: list[tuple[float, float]]) -> str:
    """A smooth line through the middles of the places, from the foot of the first box to the head of the last."""
    (x, y), *rest = points
    path, y = f"M{x:.0f} {y + HEIGHT / 2:.0f}", y + HEIGHT / 2
    for number, (to_x, middle) in enumerate(rest, start=1):
        to_y = middle - HEIGHT / 2 - 2 if number == len(rest) else middle
        half = (to_y - y) / 2
        path += f"C{x:.0f} {y + half:.0f} {to_x:.0f} {to_y - half:.0f} {to_x:.0f} {to_y:.0f}"
        x, y = to_x, to_y
    return f'<path d="{path}" fill="none" stroke="#555" stroke-width="1.2" marker-end="url(#to)"/>'


def main() -> int:
    """Write the picture, or say whether it is that of the imports."""
    sys.path.insert(0, str(ROOT))
    drawn = draw(reduced(imports()))
    if "--check" not in sys.argv:
        PICTURE.write_text(drawn, encoding="utf-8")
        return 0
    if PICTURE.exists() and PICTURE.read_text(encoding="utf-8") == drawn:
        return 0
    sys.stderr.write(
        "docs/img/rooms.svg is not what the rooms import now: run `make rooms`, look at it, and commit it\n"
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
