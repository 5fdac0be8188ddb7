"""Tells the figures that plans and gaps start from: techniques, selection, slices, pyramid, urgency."""

from __future__ import annotations

from collections.abc import Iterator

from topoplan.config import PlanningSettings
from topoplan.model.method import JUDGEMENT, MethodRow, MethodSection, chosen, fixed
from topoplan.model.plan import STYLE_TECHNIQUES
from topoplan.model.risk import Mode
from topoplan.planning.cases import MAX_CASES
from topoplan.planning.costs import CASES_DOUBLING, CASES_INCLUDED
from topoplan.planning.exact import TIME_LIMIT
from topoplan.planning.gaps import URGENCY_FLOOR
from topoplan.planning.observations import MOST_REAL
from topoplan.planning.operation_cases import MAX_OPERATIONS
from topoplan.planning.pyramid import PER_SLICE, SLICE
from topoplan.planning.selection import SEEDED
from topoplan.planning.slices import END_TO_END, SEEDS, SLICE_SIZES
from topoplan.planning.system import SMALLEST
from topoplan.planning.techniques import DEFAULTS, figures

_TRIED = (
    "tried on eleven public systems of 8 to 15 services, read from their files alone: it leaves 6 to 24 tests of each"
)
_SEEDS = (
    f"{JUDGEMENT}; the method: Sviridenko, A note on maximizing a submodular set function subject to a knapsack "
    "constraint, 2004"
)
_SHAPE = f"{JUDGEMENT}: it keeps a suite fast and its failures easy to place"


def planning_sections(settings: PlanningSettings) -> tuple[MethodSection, ...]:
    """The sections of the method that tell of tests and gaps."""
    return (
        MethodSection(
            "techniques",
            "Techniques",
            "Share of a mode's risk that a passing test retires, hours to write it, seconds of one run.",
            tuple(_techniques(settings)),
        ),
        MethodSection(
            "considered",
            "Techniques considered",
            "By style of the boundary; what needs several services comes from journeys.",
            tuple(
                fixed(style.value, ", ".join(fitting), "", "techniques aimed at one boundary of this style")
                for style, fitting in STYLE_TECHNIQUES.items()
            ),
        ),
        MethodSection(
            "selection",
            "Selection",
            "Each time the test that retires most risk per hour given those already taken (Minoux, Accelerated greedy "
            "algorithms, 1978), under a budget at least (1 − 1/e) / 2 of the optimum (Khuller, Moss and Naor, The "
            "budgeted maximum coverage problem, 1999; Krause and Guestrin, A note on the budgeted maximization of "
            "submodular functions, 2005). What a plan is asked for goes before the settings.",
            tuple(_selection(settings)),
        ),
        MethodSection(
            "slices",
            "Slices",
            "Grown along each journey from its riskiest boundaries: the connected services that add most. A path is "
            "credited with one operation of each boundary it passes.",
            (
                fixed("services", _either(SLICE_SIZES), "services", "real services in a slice"),
                fixed("starts", SEEDS, "boundaries", "of one journey, riskiest first, that a slice is grown from"),
                fixed("end to end", _either(END_TO_END), "", "declared journeys worth a whole test"),
                fixed("too many", MOST_REAL, "services", "real in one test, beyond which nobody can tell which failed"),
            ),
        ),
        MethodSection(
            "pyramid",
            "Shape of the tests",
            "Cases wanted for one case of a slice.",
            tuple(
                fixed(level, f"{least}–{most}", "cases", "wanted for one of a slice", _SHAPE)
                for level, (least, most) in PER_SLICE.items()
                if level != SLICE
            ),
        ),
        MethodSection(
            "urgency",
            "Urgency of gaps",
            "By open risk: what the missing test would still retire.",
            tuple(
                fixed(urgency.value, floor, "open risk", "lowest of this urgency")
                for urgency, floor in URGENCY_FLOOR.items()
            ),
        ),
    )


def _techniques(settings: PlanningSettings) -> Iterator[MethodRow]:
    for technique, inforce in figures(settings).items():
        default = DEFAULTS[technique]
        key, group = f"planning.techniques.{technique.value}", technique.value
        yield chosen(f"{key}.hours", "hours", inforce.hours, default.hours, "hours", "to write one", group=group)
        yield chosen(f"{key}.seconds", "seconds", inforce.seconds, default.seconds, "seconds", "one run", group=group)
        for mode in Mode:
            yield chosen(
                f"{key}.effects.{mode.value}",
                mode.value,
                inforce.effects.get(mode, 0.0),
                default.effects.get(mode, 0.0),
                "0–1",
                f"share of {mode.value} risk retired",
                group=group,
            )


def _selection(settings: PlanningSettings) -> Iterator[MethodRow]:
    yield chosen(
        "planning.min_value",
        "least value",
        settings.min_value,
        PlanningSettings().min_value,
        "risk an hour",
        "a test that retires less is not recommended; with a budget there is none",
        _TRIED,
    )
    yield fixed("cases included", CASES_INCLUDED, "cases", "that the hours and seconds of a technique pay for")
    yield fixed("cases that double", CASES_DOUBLING, "cases", "so many further ones cost as much again")
    yield fixed("most cases", MAX_CASES, "cases", "of one test, the most important first")
    yield fixed("most operations", MAX_OPERATIONS, "operations", "of one boundary that get cases")
    yield fixed("smallest system", SMALLEST, "services", "below which no test of two services is planned")
    yield fixed("starts", SEEDED, "candidates", "up to so many, a budget is also tried from each of them", _SEEDS)
    yield fixed("time of the solver", TIME_LIMIT, "seconds", "most that an exact plan takes; then its bound is told")


def _either(values: tuple[float | str, ...]) -> str:
    return " or ".join(str(value) for value in values)
