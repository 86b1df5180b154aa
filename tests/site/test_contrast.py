"""WCAG 2.2 AA, from the tokens: 4.5 for text, 3 for bars and borders that mean something."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
from django.conf import settings

TOKENS = Path(settings.BASE_DIR) / "marketplace" / "assets" / "css" / "tokens.css"
CODE = TOKENS.with_name("code.css")
OKLCH = r"oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)"
GROUNDS = ("paper", "surface", "sunken")
TEXT = ("ink", "muted", "action", "good", "warn", "bad")
MARKS = ("control", "light-edge", "good-edge", "warn-edge", "bad-edge", "action", "ink")
Color = tuple[float, float, float]


def _colors() -> dict[str, tuple[Color, Color]]:
    found = {}
    for name, value in re.findall(r"--color-([a-z-]+): ([^;]+);", TOKENS.read_text()):
        sides = [tuple(map(float, numbers)) for numbers in re.findall(OKLCH, value)]
        if sides:
            found[name] = (sides[0], sides[-1])
    return found  # type: ignore[return-value]


def _luminance(color: Color) -> float:
    """Relative luminance of an OKLCH color (Ottosson's matrices), clipped to sRGB."""
    lightness, chroma, hue = color
    a = chroma * math.cos(math.radians(hue))
    b = chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    red, green, blue = (min(1.0, max(0.0, part)) for part in (red, green, blue))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: Color, other: Color) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


COLORS = _colors()


@pytest.mark.parametrize("side", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("name", TEXT)
def test_text_can_be_read(name: str, ground: str, side: int) -> None:
    assert _contrast(COLORS[name][side], COLORS[ground][side]) >= 4.5


@pytest.mark.parametrize("side", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("name", ["good", "warn", "bad"])
def test_text_on_its_own_tint_can_be_read(name: str, side: int) -> None:
    assert _contrast(COLORS[name][side], COLORS[f"{name}-tint"][side]) >= 4.5


@pytest.mark.parametrize("side", [0, 1], ids=["light", "dark"])
def test_buttons_can_be_read(side: int) -> None:
    for fill in ("action-fill", "action-fill-hover"):
        assert _contrast(COLORS["white"][side], COLORS[fill][side]) >= 4.5
    assert _contrast(COLORS["ink"][side], COLORS["light-tint"][side]) >= 4.5
    assert _contrast(COLORS["action"][side], COLORS["action-tint"][side]) >= 4.5


@pytest.mark.parametrize("side", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "surface"])
@pytest.mark.parametrize("name", MARKS)
def test_bars_and_borders_that_mean_something_can_be_seen(
    name: str, ground: str, side: int
) -> None:
    assert _contrast(COLORS[name][side], COLORS[ground][side]) >= 3


def test_colored_code_can_be_read() -> None:
    pairs = re.findall(rf"light-dark\({OKLCH}, {OKLCH}\)", CODE.read_text())
    assert pairs
    for numbers in pairs:
        values = list(map(float, numbers))
        for side, color in enumerate((values[:3], values[3:])):
            for ground in ("sunken", "light-tint"):
                assert _contrast(tuple(color), COLORS[ground][side]) >= 4.5, color  # type: ignore[arg-type]
