"""The pages that explain the model say what the code does: their tables are read and compared with the defaults."""

from pathlib import Path

from topoplan.config import HistorySettings, PlanningSettings, RiskSettings
from topoplan.coverage.method import GRADES
from topoplan.model.coverage import STALE_SHARE
from topoplan.model.facts import Style
from topoplan.model.gaps import Urgency
from topoplan.model.plan import STYLE_TECHNIQUES
from topoplan.model.risk import Mode
from topoplan.planning.cases import MAX_CASES
from topoplan.planning.costs import CASES_DOUBLING, CASES_INCLUDED
from topoplan.planning.gaps import URGENCY_FLOOR
from topoplan.planning.operation_cases import MAX_OPERATIONS
from topoplan.planning.pyramid import BOUNDARY, IN_PROCESS, PER_SLICE
from topoplan.planning.selection import SEEDED
from topoplan.planning.slices import SEEDS, SLICE_SIZES
from topoplan.planning.system import SMALLEST
from topoplan.planning.techniques import DEFAULTS
from topoplan.risk.change_factors import CHANGE_WEIGHTS
from topoplan.risk.impact import BESIDE_IMPACT, IMPACT_FACTORS
from topoplan.risk.journey_factors import CRITICALITY, UNDECLARED
from topoplan.risk.likelihood import CHANGE_FLOOR, FACTORS, NEUTRAL_CHANGE, PRIOR_WEIGHT
from topoplan.risk.meanings import FACTOR_MEANINGS, IMPACT_MEANINGS, WHAT_BREAKS
from topoplan.risk.method import risk_sections
from topoplan.risk.modes import INCIDENT_SHARES, MODE_WEIGHTS
from topoplan.risk.weighing import PRIOR, PRIOR_VALUE

PAGE, COVERAGE, TESTS = (
    (Path(__file__).parents[3] / f"docs/explanation/{name}.md").read_text(encoding="utf-8")
    for name in ("model", "coverage", "tests")
)
METHOD = risk_sections(RiskSettings(), HistorySettings())


def table(*heads: str, page: str = PAGE) -> list[list[str]]:
    """The rows of the page's one table with these column heads, cells without backticks."""
    lines = page.splitlines()
    head = "| " + " | ".join(heads) + " |"
    assert lines.count(head) == 1, head
    rows = []
    for line in lines[lines.index(head) + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip().strip("`") for cell in line.strip("|").split(" | ")])
    return rows


def test_modes() -> None:
    rows = table("mode", "what breaks", "applies to", "weight")
    assert [(row[0], row[1], float(row[3])) for row in rows] == [
        (mode.value, WHAT_BREAKS[mode], weight) for mode, weight in MODE_WEIGHTS.items()
    ]


def test_factors() -> None:
    rows = table("mode", "factor", "weight", "value")
    assert [(row[0], row[1], float(row[2]), row[3].replace("`", "")) for row in rows] == [
        (mode.value, name, weight, FACTOR_MEANINGS[name])
        for mode in FACTORS
        for name, (weight, _) in FACTORS[mode].items()
    ]


def test_change() -> None:
    rows = table("part", "weight", "value")
    section = next(section for section in METHOD if section.id == "change")
    told = {row.name: (row.value, row.meaning) for row in section.rows}
    assert {row[0]: (row[1], row[2]) for row in rows} == {part: told[part] for part in CHANGE_WEIGHTS}
    assert f"The half-life is {HistorySettings().half_life_days} days" in PAGE
    assert f"`likelihood = weight of the mode × mean × ({CHANGE_FLOOR} + {1 - CHANGE_FLOOR} × change)`" in PAGE
    assert f"change counts as {NEUTRAL_CHANGE}" in PAGE


def test_prior() -> None:
    assert f"a starting value, `{PRIOR}`, of {PRIOR_VALUE} with weight {PRIOR_WEIGHT}." in PAGE


def test_impact() -> None:
    rows = table("factor", "weight", "value")
    assert {row[0]: (float(row[1]), row[2]) for row in rows} == {
        name: (weight, IMPACT_MEANINGS[name]) for name, (weight, _) in IMPACT_FACTORS.items()
    }
    assert f"the fixed impact {BESIDE_IMPACT}" in PAGE


def test_criticality() -> None:
    assert {row[0]: float(row[1]) for row in table("criticality", "value")} == CRITICALITY
    assert CRITICALITY["normal"] == UNDECLARED


def test_techniques() -> None:
    rows = table("technique", *(mode.value for mode in Mode), "hours", "seconds")
    told = {row[0]: [float(cell) for cell in row[1:]] for row in rows}
    assert told == {
        technique.value: [*(figures.effects[mode] for mode in Mode), figures.hours, figures.seconds]
        for technique, figures in DEFAULTS.items()
    }


def test_techniques_considered() -> None:
    names = {"call": Style.SYNC, "message": Style.MESSAGE, "resource": Style.RESOURCE}
    rows = table("boundary", "techniques considered")
    assert {names[row[0]]: row[1].split(", ") for row in rows} == {
        style: [technique.value for technique in fitting] for style, fitting in STYLE_TECHNIQUES.items()
    }


def test_bounds_of_the_plan() -> None:
    assert f"by default **{PlanningSettings().min_value}**" in PAGE
    assert f"at most {MAX_OPERATIONS} operations and {MAX_CASES} cases" in PAGE
    assert SMALLEST == 3
    assert "A system of fewer than three services" in PAGE


def test_costs_and_slices() -> None:
    assert f"for up to {CASES_INCLUDED} cases; every {CASES_DOUBLING} further ones cost as much again" in PAGE
    assert f"from each of its {SEEDS} riskiest boundaries" in PAGE
    assert SLICE_SIZES == (3, 4)
    assert "three and then four of them" in PAGE
    assert f"at most {SEEDED}\ncandidates" in PAGE


def test_shares_of_incidents() -> None:
    shares = {row[0]: int(row[1].removesuffix(" %")) for row in table("layer", "share of incidents")}
    assert shares == {layer: round(100 * share) for layer, share in INCIDENT_SHARES.items()}
    assert sum(shares.values()) == 100


def test_grades() -> None:
    rows = table("grade", "worth", "when", page=COVERAGE)
    assert [(row[0], float(row[1]), row[2]) for row in rows] == [
        (grade.value, grade.share, when) for grade, when in GRADES.items()
    ]
    assert "A verified check is *stale*, and worth half" in COVERAGE
    assert STALE_SHARE == 0.5


def test_urgencies_and_the_pyramid() -> None:
    high, medium = (f"{URGENCY_FLOOR[urgency]:g}" for urgency in (Urgency.HIGH, Urgency.MEDIUM))
    assert f"is high from {high}, medium from {medium}, else low" in COVERAGE
    boundary, inside = ("{} to {}".format(*PER_SLICE[level]) for level in (BOUNDARY, IN_PROCESS))
    assert f"For one case of a slice, {boundary} of boundaries and {inside} within one service" in TESTS
