"""The tokens of the design system, read from `tokens.css`: each role of colour in both themes, and its contrast."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_TOKENS = Path(__file__).resolve().parents[4] / "shared" / "web" / "assets" / "tokens.css"
_COLOUR = re.compile(r"--([a-z-]+): (#[0-9a-f]{6});")
TYPE_SIZES = ("h1", "h2", "h3", "body", "desk", "meta")
"""Sizes of type; `body` is the site's text, `desk` the desk's."""
SPACES = (4, 8, 16, 24, 40, 64)
"""Spaces in pixels, `--s1` to `--s6`."""
TARGETS = {"site": 44, "desk": 32}
"""The smallest that is clicked, in pixels; the desk's is the site's under a finger."""
READABLE, SEEN = 4.5, 3.0
"""Least contrasts of WCAG 2.2 AA: of text, and of borders and focus."""
ROLES = (
    ("text", "paper", READABLE),
    ("muted", "paper", READABLE),
    ("link", "paper", READABLE),
    ("link-visited", "paper", READABLE),
    ("on-action", "action", READABLE),
    ("on-brand", "brand", READABLE),
    ("success", "success-soft", READABLE),
    ("attention", "attention-soft", READABLE),
    ("danger", "danger-soft", READABLE),
    ("info", "info-soft", READABLE),
    ("line-strong", "surface", SEEN),
    ("focus", "paper", SEEN),
)
"""The roles of colour, the ground that each stands on, and the contrast that it owes."""


@dataclass(frozen=True)
class Pair:
    """A colour on its ground, in one theme."""

    colour: str
    ground: str

    @property
    def contrast(self) -> float:
        """The contrast as WCAG counts it: 1 to 21."""
        lighter, darker = sorted((_luminance(self.colour), _luminance(self.ground)), reverse=True)
        return round((lighter + 0.05) / (darker + 0.05), 1)


@dataclass(frozen=True)
class Colour:
    """A role of colour in both themes."""

    role: str
    ground: str
    owes: float
    light: Pair
    dark: Pair


def colours() -> list[Colour]:
    """Return the roles as the style sheets have them now."""
    light, dark = (dict(_COLOUR.findall(block)) for block in _blocks(_TOKENS.read_text(encoding="utf-8")))
    return [
        Colour(
            role,
            ground,
            owes,
            Pair(light[role], light[ground]),
            Pair((light | dark)[role], (light | dark)[ground]),
        )
        for role, ground, owes in ROLES
    ]


def _blocks(css: str) -> tuple[str, str]:
    """Return the declarations of the light and of the dark theme."""
    return css.partition(":root {")[2].partition("}")[0], css.partition(':root[data-theme="dark"] {')[2]


def _luminance(colour: str) -> float:
    """Return the relative luminance of a colour such as #9b1c22."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    """Return a part of a colour in sRGB, 0 to 1, as light."""
    is_dark = part <= 0.04045  # noqa: PLR2004 - of the definition of sRGB
    return part / 12.92 if is_dark else ((part + 0.055) / 1.055) ** 2.4
