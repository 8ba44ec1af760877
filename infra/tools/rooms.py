"""Draws the rooms and their imports into docs/images/rooms.svg: `make tables`.

A room is a folder of code; a module beside the folders is one of its own. Nothing of the picture is drawn by hand: an
arrow is an import, and arrows that others imply are left out. A test holds the file against the code.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from infra.layout import FUNCTIONS, ROOT
from infra.tools.import_graph import import_graph, module_name, room_graph, source_files, syntax_tree
from infra.tools.layered_layout import lay_out

PICTURE = ROOT / "docs" / "images" / "rooms.svg"
WIDTH = 1240
COLUMNS = (("intake", "router", "sla_timer"), ("casework", "notifier"))
"""Panels above the panel of shared, from top to bottom."""

MARGIN, GAP, PADDING = 24, 20, 18
TITLE_HEIGHT, FOOTER_HEIGHT = 34, 40
BOX_HEIGHT, BOX_PADDING, BOX_GAP, LAYER_GAP = 26, 11, 12, 26
BEND_WIDTH = 6
LETTER = 6.9
"""Width of a letter at 12.5 px, on average over the fonts that browsers take for `sans-serif`."""

INK, GREY, PAPER, PANEL, LINE = "#1f2937", "#6b7280", "#ffffff", "#f8fafc", "#d5dce6"
EDGE, USE, PARTS, STORE, DOMAIN = "#dbeafe", "#fef3c7", "#ede9fe", "#dcfce7", "#fee2e2"
LEGEND = (
    (EDGE, "edge: triggers, pages, API"),
    (USE, "use cases"),
    (PARTS, "parts and settings"),
    (STORE, "tables, platform, providers"),
    (DOMAIN, "the ministry's rules"),
)
COLOURS = {
    **dict.fromkeys(("app", "api", "site", "web", "open311", "receipts", "webhooks", "endpoints"), EDGE),
    **dict.fromkeys(("composition", "settings"), PARTS),
    **dict.fromkeys(("tables", "platform", "providers", "sms.providers", "senders"), STORE),
    "domain": DOMAIN,
}
"""Colours of rooms by name, or by the room that they stand in; the others are use cases."""

DOCUMENT = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img"
 font-family="system-ui, 'Segoe UI', Helvetica, Arial, sans-serif">
<title>The rooms of the code and what they import</title>
<defs><marker id="tip" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="7" markerHeight="7" orient="auto">
<path d="M0 0.8 7 4 0 7.2z" fill="#94a3b8"/></marker></defs>
<rect width="{width}" height="{height}" rx="12" fill="{paper}"/>"""


@dataclass(frozen=True)
class Box:
    """One room, placed."""

    name: str
    left: float
    top: float
    width: float

    @property
    def middle(self) -> float:
        """The middle of the box from the left."""
        return self.left + self.width / 2


def draw() -> str:
    """Return the picture as SVG."""
    paths = source_files("functions", "shared")
    packages = {module_name(path) for path in paths if path.name == "__init__.py"}
    purposes = {
        module_name(path): (ast.get_docstring(syntax_tree(path)) or "").partition("\n")[0] for path in paths
    }
    graph = room_graph(import_graph(paths), packages - {*FUNCTIONS, "shared"})
    columns = [[_Panel(name, graph, purposes) for name in names] for names in COLUMNS]
    shared = _Panel("shared", graph, purposes)
    top = MARGIN + 54.0
    height = max(sum(panel.height for panel in column) + GAP * (len(column) - 1) for column in columns)
    inner_width = WIDTH - 2.0 * MARGIN
    parts = [*_heading()]
    left = float(MARGIN)
    spare = inner_width - GAP * (len(columns) - 1) - sum(max(p.width for p in column) for column in columns)
    for column in columns:
        width = max(panel.width for panel in column) + spare / len(columns)
        parts += _stack(column, left, top, width, height)
        left += width + GAP
    parts += shared.draw(MARGIN, top + height + GAP, inner_width, shared.height)
    return _document(parts, top + height + GAP + shared.height + MARGIN)


def _stack(column: list[_Panel], left: float, top: float, width: float, height: float) -> Iterator[str]:
    """Yield the elements of panels below each other; what is left of the height is shared out among them."""
    spare = height - sum(panel.height for panel in column) - GAP * (len(column) - 1)
    for panel in column:
        own = panel.height + spare / len(column)
        yield from panel.draw(left, top, width, own)
        top += own + GAP


class _Panel:
    """One function, or shared: its rooms in layers, and below them the rooms of `shared` that it imports."""

    def __init__(self, name: str, graph: Mapping[str, frozenset[str]], purposes: Mapping[str, str]) -> None:
        inside = {room for room in graph if room.startswith(f"{name}.")}
        self.name = name
        self._purposes = purposes
        self._layout = lay_out(
            {_short(room): frozenset(_short(target) for target in graph[room] & inside) for room in inside}
        )
        imported = {target for room in inside for target in graph[room] - inside}
        self._imports = sorted({target.split(".")[1] for target in imported if target.startswith("shared.")})
        footer = sum(_chip_width(label) + 6 for label in self._imports) + 80
        self.width = max(*(self._layer_width(layer) for layer in self._layout.layers), footer) + 2 * PADDING
        layers = len(self._layout.layers)
        self.height = TITLE_HEIGHT + layers * BOX_HEIGHT + (layers - 1) * LAYER_GAP + PADDING
        self.height += FOOTER_HEIGHT if self._imports else 0

    @staticmethod
    def _layer_width(layer: tuple[str, ...]) -> float:
        return sum(_width(node) for node in layer) + BOX_GAP * (len(layer) - 1)

    def draw(self, left: float, top: float, width: float, height: float) -> Iterator[str]:
        """Yield the elements of the panel in the given rectangle."""
        yield _rectangle(left, top, width, height, fill=PANEL, stroke=LINE, radius=10)
        yield _text(left + PADDING, top + 23, self.name, size=15, weight=700)
        boxes = self._placed(left, top + TITLE_HEIGHT, width)
        for chain in self._layout.arrows:
            yield _arrow([boxes[node] for node in chain])
        for name, box in boxes.items():
            if ">" not in name:
                yield from self._box(box)
        if self._imports:
            yield from self._footer(left, top + height - FOOTER_HEIGHT + 4, width)

    def _placed(self, left: float, top: float, width: float) -> dict[str, Box]:
        boxes: dict[str, Box] = {}
        for number, layer in enumerate(self._layout.layers):
            spare = width - 2 * PADDING - self._layer_width(layer)
            gap = BOX_GAP + min(spare / (len(layer) + 1), 40)
            at = left + (width - sum(_width(node) for node in layer) - gap * (len(layer) - 1)) / 2
            for node in layer:
                boxes[node] = Box(node, at, top + number * (BOX_HEIGHT + LAYER_GAP), _width(node))
                at += _width(node) + gap
        return boxes

    def _box(self, box: Box) -> Iterator[str]:
        purpose = self._purposes.get(f"{self.name}.{box.name}", "")
        fill = _colour(box.name)
        yield f"<g><title>{escape(purpose)}</title>"
        yield _rectangle(box.left, box.top, box.width, BOX_HEIGHT, fill=fill, stroke="#94a3b8", radius=5)
        yield _text(box.middle, box.top + 17.5, box.name, anchor="middle")
        yield "</g>"

    def _footer(self, left: float, top: float, width: float) -> Iterator[str]:
        yield f'<path d="M{left:.1f} {top - 4:.1f}h{width:.1f}" stroke="{LINE}"/>'
        yield _text(left + PADDING, top + 19, "shared:", size=11.5, fill=GREY)
        at = left + PADDING + 52
        for label in self._imports:
            yield _rectangle(at, top + 5, _chip_width(label), 20, fill=_colour(label), stroke=LINE, radius=10)
            yield _text(at + _chip_width(label) / 2, top + 19, label, size=11.5, anchor="middle")
            at += _chip_width(label) + 6


def _heading() -> Iterator[str]:
    yield _text(MARGIN, MARGIN + 16, "The rooms and what they import", size=19, weight=700)
    yield _text(
        MARGIN,
        MARGIN + 38,
        "An arrow is an import; arrows that others imply are left out. Functions never import each other.",
        fill=GREY,
    )
    at = float(WIDTH - MARGIN)
    for colour, label in reversed(LEGEND):
        at -= len(label) * 6.2
        yield _text(at, MARGIN + 15, label, size=11.5, fill=GREY)
        yield _rectangle(at - 18, MARGIN + 5, 12, 12, fill=colour, stroke="#94a3b8", radius=3)
        at -= 34


def _colour(room: str) -> str:
    return COLOURS.get(room) or COLOURS.get(room.partition(".")[0], USE)


def _short(room: str) -> str:
    return room.partition(".")[2]


def _width(node: str) -> float:
    return BEND_WIDTH if ">" in node else len(node) * LETTER + 2 * BOX_PADDING


def _chip_width(label: str) -> float:
    return len(label) * 6.3 + 16


def _rectangle(
    left: float, top: float, width: float, height: float, *, fill: str, stroke: str, radius: int
) -> str:
    return (
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}" rx="{radius}" '
        f'fill="{fill}" stroke="{stroke}"/>'
    )


def _text(
    left: float,
    base: float,
    text: str,
    *,
    size: float = 12.5,
    weight: int = 400,
    fill: str = INK,
    anchor: str = "start",
) -> str:
    return (
        f'<text x="{left:.1f}" y="{base:.1f}" font-size="{size}" font-weight="{weight}" fill="{fill}" '
        f'text-anchor="{anchor}">{escape(text)}</text>'
    )


def _arrow(chain: list[Box]) -> str:
    """Return an arrow from the lower edge of the first box, through the bends, to the upper edge of the last."""
    path = f"M{chain[0].middle:.1f} {chain[0].top + BOX_HEIGHT:.1f}"
    for upper, lower in pairwise(chain):
        start, end = upper.top + BOX_HEIGHT, lower.top - (4 if lower is chain[-1] else 0)
        middle = (start + end) / 2
        path += (
            f"C{upper.middle:.1f} {middle:.1f} {lower.middle:.1f} {middle:.1f} {lower.middle:.1f} {end:.1f}"
        )
        path += f"v{BOX_HEIGHT}" if lower is not chain[-1] else ""
    return f'<path d="{path}" fill="none" stroke="#94a3b8" stroke-width="1.2" marker-end="url(#tip)"/>'


def _document(parts: list[str], height: float) -> str:
    head = DOCUMENT.format(width=WIDTH, height=round(height), paper=PAPER)
    return "\n".join([head, *parts, "</svg>\n"])


def main() -> None:
    """Write the picture."""
    PICTURE.write_text(draw(), "utf-8")


if __name__ == "__main__":
    main()
