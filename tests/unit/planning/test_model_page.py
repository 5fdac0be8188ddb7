"""The page that explains the model says what the code does: its tables are read and compared with the defaults."""

from pathlib import Path

from topoplan.config import PlanningSettings
from topoplan.model.facts import Style
from topoplan.model.plan import STYLE_TECHNIQUES
from topoplan.model.risk import Mode
from topoplan.planning.cases import MAX_CASES
from topoplan.planning.operation_cases import MAX_OPERATIONS
from topoplan.planning.system import SMALLEST
from topoplan.planning.techniques import DEFAULTS
from topoplan.risk.change_factors import CHANGE_WEIGHTS
from topoplan.risk.impact import BESIDE_IMPACT, IMPACT_FACTORS
from topoplan.risk.journey_factors import CRITICALITY, UNDECLARED
from topoplan.risk.likelihood import CHANGE_FLOOR, FACTORS, NEUTRAL_CHANGE, PRIOR_WEIGHT
from topoplan.risk.modes import MODE_WEIGHTS
from topoplan.risk.weighing import HALF, PRIOR, PRIOR_VALUE

PAGE = (Path(__file__).parents[3] / "docs/explanation/model.md").read_text(encoding="utf-8")


def table(*heads: str) -> list[list[str]]:
    """The rows of the page's one table with these column heads, cells without backticks."""
    lines = PAGE.splitlines()
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
    assert [(row[0], float(row[3])) for row in rows] == [(mode.value, weight) for mode, weight in MODE_WEIGHTS.items()]


def test_factors() -> None:
    rows = table("mode", "factor", "weight", "value")
    assert [(row[0], row[1], float(row[2])) for row in rows] == [
        (mode.value, name, weight) for mode in FACTORS for name, (weight, _) in FACTORS[mode].items()
    ]


def test_change() -> None:
    rows = table("part", "weight", "value")
    assert {row[0]: float(row[1]) for row in rows} == CHANGE_WEIGHTS
    assert all(f"x / (x + {HALF['interface-churn']})" in row[2] for row in rows[:3])
    assert f"n / (n + {HALF['fixes']})" in rows[3][2]
    assert f"`likelihood = weight of the mode × mean × ({CHANGE_FLOOR} + {1 - CHANGE_FLOOR} × change)`" in PAGE
    assert f"change counts as {NEUTRAL_CHANGE}" in PAGE


def test_prior() -> None:
    assert f"a starting value, `{PRIOR}`, of {PRIOR_VALUE} with weight {PRIOR_WEIGHT}." in PAGE


def test_impact() -> None:
    rows = table("factor", "weight", "value")
    assert {row[0]: float(row[1]) for row in rows} == {name: weight for name, (weight, _) in IMPACT_FACTORS.items()}
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


def test_shares_of_incidents_add_up() -> None:
    shares = [int(row[1].removesuffix(" %")) for row in table("layer", "share of incidents")]
    assert sum(shares) == 100
