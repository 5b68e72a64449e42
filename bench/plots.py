"""Plots as SVG: some lines over one axis that counts in tens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from math import ceil, floor, log10

__all__ = ["Points", "line_chart"]

Points = Sequence[tuple[float, float]]

_WIDTH, _HEIGHT = 640, 360
_LEFT, _TOP, _RIGHT, _BOTTOM = 60, 40, 120, 50
_COLOURS = ("#1f5fa8", "#b3452c", "#3c7a3c", "#6b4a9c")


def _tick(value: float) -> str:
    """Give *value* as a label.

    >>> _tick(1000), _tick(10_000_000), _tick(0.5)
    ('1,000', '10 M', '0.5')
    """
    return f"{value / 1e6:g} M" if value >= 1e6 else f"{value:,g}"


def line_chart(title: str, across: str, up: str, lines: Mapping[str, Points]) -> str:
    """Draw *lines* by their names; *across* counts in tens, *up* begins at nought.

    Raises:
        ValueError: there is no point, or one that isn't right of nought.
    """
    points = [point for line in lines.values() for point in line]
    if not points or min(x for x, _ in points) <= 0:
        raise ValueError("a chart takes points right of nought")
    low, high = log10(min(x for x, _ in points)), log10(max(x for x, _ in points))
    top = 1.1 * max(y for _, y in points) or 1.0

    def at(x: float, y: float) -> tuple[float, float]:
        along = (log10(x) - low) / (high - low) if high > low else 0.5
        right = _LEFT + along * (_WIDTH - _LEFT - _RIGHT)
        return right, _HEIGHT - _BOTTOM - y / top * (_HEIGHT - _TOP - _BOTTOM)

    parts = [_head(title, across, up)]
    for x in _marks(low, high):
        right, foot = at(x, 0)
        parts.append(
            f'<text x="{right:.1f}" y="{foot + 18:.1f}" text-anchor="middle">{_tick(x)}</text>'
        )
    step = 10 ** floor(log10(top))
    step = step / 5 if top / step < 2 else step / 2 if top / step < 5 else step
    for number in range(int(top / step) + 1):
        _, level = at(points[0][0], number * step)
        parts.append(
            f'<path d="M{_LEFT} {level:.1f}H{_WIDTH - _RIGHT}" stroke="#ddd"/>'
            f'<text x="{_LEFT - 8}" y="{level + 4:.1f}" text-anchor="end">{number * step:g}</text>'
        )
    for number, (name, line) in enumerate(lines.items()):
        parts.append(_line(name, [at(*point) for point in line], _COLOURS[number % len(_COLOURS)]))
    return "\n".join([*parts, "</svg>", ""])


def _marks(low: float, high: float) -> list[float]:
    """Give the tens from *low* to *high*, which are logarithms, and both ends.

    A ten too close to an end gives way.

    >>> _marks(0, 2.17), _marks(3, 5)
    ([1, 10, 148], [1000, 10000, 100000])
    """
    room = (high - low) / 8
    tens = [10**each for each in range(ceil(low), floor(high) + 1)]
    inner = [ten for ten in tens if low + room < log10(ten) < high - room]
    return sorted({round(10**low), *inner, round(10**high)})


def _head(title: str, across: str, up: str) -> str:
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}"'
        ' font-family="sans-serif" font-size="12">\n'
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>\n'
        f'<text x="{middle}" y="20" text-anchor="middle" font-size="14">{escape(title)}</text>\n'
        f'<text x="{middle}" y="{_HEIGHT - 10}" text-anchor="middle">{escape(across)}</text>\n'
        f'<text transform="translate(16 {_HEIGHT / 2}) rotate(-90)" text-anchor="middle">'
        f"{escape(up)}</text>"
    )


def _line(name: str, points: Points, colour: str) -> str:
    """Draw one line, its points, and its name at its end."""
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points)
    x, y = points[-1]
    return (
        f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>{dots}'
        f'<text x="{x + 8:.1f}" y="{y + 4:.1f}" fill="{colour}">{escape(name)}</text>'
    )
