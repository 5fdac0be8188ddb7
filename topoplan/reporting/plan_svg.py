"""A plan as a picture for pages and slides: risk retired against hours of writing, and the pyramid of tests.

Written by hand, without scripts, styles from elsewhere or fonts of its own: the same plan gives the same bytes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TextIO
from xml.sax.saxutils import escape

from topoplan.model.coverage import State
from topoplan.model.plan import Level, Plan
from topoplan.model.report import Report
from topoplan.model.text import clean
from topoplan.reporting import Style, plan_digest
from topoplan.reporting.figures import hours, percent
from topoplan.reporting.signs import BLUE, STATE_COLORS, VERMILLION
from topoplan.reporting.tables import cut

_EXISTING, _PLANNED, _LATER = STATE_COLORS[State.COVERED], BLUE, VERMILLION
_INK, _FAINT, _GROUND, _PAPER = "#1a1a1a", "#5f5f5f", "#e9e9e9", "#ffffff"

_WIDTH, _HEIGHT = 960, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 560, 84, 340
_MIDDLE, _WIDEST = 780, 300
_NAME = 40
"""Columns that the system's name may take."""
_DOTS, _POINTS = 60, 400
"""Most tests that are marked one by one, and most points of a curve."""
_LOOK_AHEAD = 2.5
"""Larger budgets are drawn up to this many times the plan's hours, so that they do not squeeze it."""

Point = tuple[float, float]


def write(report: Report, out: TextIO, style: Style) -> None:
    """One SVG document with a light ground of its own."""
    del style
    out.write("\n".join(_document(report)) + "\n")


def _document(report: Report) -> Iterator[str]:
    plan = report.plan
    system = _shown(report.system) or "the system"
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" '
        f'height="{_HEIGHT}" role="img" aria-labelledby="title desc" font-family="Helvetica, Arial, sans-serif" '
        f'font-size="13" fill="{_INK}">'
    )
    yield f'<title id="title">Test plan for {system}</title>'
    yield f'<desc id="desc">{_words(plan_digest.size(plan))}; {_words(", ".join(plan_digest.balance(report)))}</desc>'
    yield _box(0, 0, _WIDTH, _HEIGHT, _PAPER)
    yield _text(20, 30, f"Test plan for {system}", size=18, bold=True)
    yield _text(20, 52, _words(plan_digest.size(plan)), fill=_FAINT)
    yield from _curve(plan)
    yield from _pyramid(report)
    yield from _legend()
    yield "</svg>"


def _curve(plan: Plan) -> Iterator[str]:
    """Risk retired once so many hours are written; straight from test to test."""
    total = plan.total_risk or 1.0
    start = (0.0, plan.existing_risk / total)
    done = [start, *((point.hours, point.risk / total) for point in plan_digest.curve(plan))]
    last = done[-1]
    later = [
        (step.hours, (plan.existing_risk + step.risk_retired) / total)
        for step in plan.steps
        if last[0] < step.hours <= last[0] * _LOOK_AHEAD
    ]
    end = max([1.0, last[0], *(hour for hour, _ in later)])

    def place(point: Point) -> Point:
        return (
            _LEFT + (_RIGHT - _LEFT) * point[0] / end,
            _BOTTOM - (_BOTTOM - _TOP) * min(max(point[1], 0.0), 1.0),
        )

    drawn = [place(point) for point in _thinned(done)]
    floor = place(start)[1]
    yield _box(_LEFT, _TOP, _RIGHT - _LEFT, _BOTTOM - _TOP, _GROUND)
    yield _box(_LEFT, floor, _RIGHT - _LEFT, _BOTTOM - floor, _EXISTING)
    yield _shape([*drawn, (drawn[-1][0], floor), (drawn[0][0], floor)], _PLANNED)
    yield from _axes(end)
    if later:
        yield _line([drawn[-1], *map(place, later)], _LATER, 'stroke-width="2" stroke-dasharray="6 4"')
    yield _line(drawn, _INK, 'stroke-width="2"')
    marks = drawn[1:] if len(done) <= _DOTS else drawn[-1:]
    yield from (f'<circle cx="{_n(x)}" cy="{_n(y)}" r="3" fill="{_INK}"/>' for x, y in marks)
    yield from _end_label(plan, drawn[-1])


def _end_label(plan: Plan, at: Point) -> Iterator[str]:
    retired = percent(plan.existing_risk + plan_digest.retired_by(plan), plan.total_risk)
    x, y = at
    anchor = "end" if x > _LEFT + 120 else "start"
    yield _text(x, max(y - 12, _TOP + 14), f"{retired} retired after {hours(plan.hours)}", bold=True, anchor=anchor)


def _axes(end: float) -> Iterator[str]:
    for quarter in range(5):
        y = _BOTTOM - (_BOTTOM - _TOP) * quarter / 4
        yield _line([(_LEFT - 5, y), (_LEFT, y)], _INK)
        yield _text(_LEFT - 9, y + 4, f"{quarter * 25} %", anchor="end")
    step = _tick(end)
    for index in range(math.floor(end / step + 1e-9) + 1):
        x = _LEFT + (_RIGHT - _LEFT) * index * step / end
        yield _line([(x, _BOTTOM), (x, _BOTTOM + 5)], _INK)
        yield _text(x, _BOTTOM + 20, f"{index * step:,.10g}", anchor="middle")
    yield _line([(_LEFT, _TOP), (_LEFT, _BOTTOM), (_RIGHT, _BOTTOM)], _INK)
    yield _text(_LEFT, _TOP - 10, "Share of all risk")
    yield _text(_RIGHT, _BOTTOM + 38, "Hours to write", anchor="end")


def _tick(end: float) -> float:
    """The least of 1, 2, 5, 10, 20, … hours that needs at most eight marks."""
    power = 10.0 ** math.floor(math.log10(max(end / 8, 1.0)))
    return next(step for step in (power, 2 * power, 5 * power, 10 * power) if end / step <= 8)


def _pyramid(report: Report) -> Iterator[str]:
    """Bars as wide as the cases of their level, centred, existing ones first."""
    levels = report.plan.pyramid
    yield _text(_MIDDLE, _TOP - 10, "Pyramid of tests, in cases; a slice counts as one", anchor="middle")
    most = max((level.existing + level.planned for level in levels), default=0)
    if not most:
        yield _text(_MIDDLE, (_TOP + _BOTTOM) / 2, "no case planned, none known", fill=_FAINT, anchor="middle")
        return
    height = (_BOTTOM - _TOP) / len(levels)
    for index, level in enumerate(levels):
        yield from _level(report, level, _TOP + height * index, height, most)


def _level(report: Report, level: Level, top: float, height: float, most: int) -> Iterator[str]:
    both, full = (_WIDEST * cases / most for cases in (level.existing + level.planned, level.existing))
    left = _MIDDLE - both / 2
    title = plan_digest.LEVEL_TITLES.get(level.name) or _shown(level.name)
    yield _text(_MIDDLE, top + 16, title, bold=True, anchor="middle")
    yield _box(_MIDDLE - _WIDEST / 2, top + 24, _WIDEST, height - 56, _GROUND)
    yield _box(left, top + 24, full, height - 56, _EXISTING)
    yield _box(left + full, top + 24, both - full, height - 56, _PLANNED)
    asked = plan_digest.wanted(level)
    verdict = plan_digest.verdict(report, level)
    judged = (f"; wanted {asked}" if asked else "") + (f": {verdict}" if verdict else "")
    known = f"{level.existing:,} existing" if report.coverage.read else "existing unknown"
    told = f"{known}, {level.planned:,} planned{judged}"
    yield _text(_MIDDLE, top + height - 16, told, fill=_FAINT, anchor="middle", size=12)


def _legend() -> Iterator[str]:
    x = 20.0
    for color, words in ((_EXISTING, "tests that exist"), (_PLANNED, "this plan"), (_GROUND, "risk that stays")):
        yield f'<rect x="{_n(x)}" y="394" width="12" height="12" fill="{color}" stroke="{_FAINT}"/>'
        yield _text(x + 18, 405, words)
        x += 48 + 7 * len(words)
    yield _line([(x, 400), (x + 24, 400)], _LATER, 'stroke-width="2" stroke-dasharray="6 4"')
    yield _text(x + 30, 405, "with a larger budget")


def _thinned(points: Sequence[Point]) -> list[Point]:
    step = max(math.ceil(len(points) / _POINTS), 1)
    return [*points[:-1:step], points[-1]]


def _box(x: float, y: float, width: float, height: float, fill: str) -> str:
    return f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}" fill="{fill}"/>'


def _shape(points: Sequence[Point], fill: str) -> str:
    return f'<polygon points="{_points(points)}" fill="{fill}"/>'


def _line(points: Sequence[Point], stroke: str, more: str = "") -> str:
    return f'<polyline points="{_points(points)}" fill="none" stroke="{stroke}" {more}/>'.replace(" />", "/>")


def _points(points: Sequence[Point]) -> str:
    return " ".join(f"{_n(x)},{_n(y)}" for x, y in points)


def _text(
    x: float, y: float, words: str, *, fill: str = _INK, size: int = 13, bold: bool = False, anchor: str = "start"
) -> str:
    """`words` are escaped already."""
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{_n(x)}" y="{_n(y)}" fill="{fill}" font-size="{size}" text-anchor="{anchor}"{weight}>{words}</text>'
    )


def _shown(name: str) -> str:
    return _words(cut(clean(name), _NAME, "…"))


def _words(text: str) -> str:
    return escape(text, {'"': "&quot;"})


def _n(value: float) -> str:
    """A coordinate: a tenth of a unit is finer than any screen."""
    return f"{value:.1f}".removesuffix(".0")
