"""A report tells every figure it was made with, and where each comes from."""

from __future__ import annotations

from pathlib import Path

import pytest

from topoplan.analysis import Request, analyse, survey
from topoplan.config import HistorySettings, PlanningSettings, RiskSettings
from topoplan.model.method import JUDGEMENT, MethodRow
from topoplan.model.plan import Technique
from topoplan.model.report import Report
from topoplan.model.risk import Mode
from topoplan.model.text import TEXT_LIMIT
from topoplan.model.topology import Topology
from topoplan.planning.gaps import URGENCY_FLOOR
from topoplan.planning.techniques import DEFAULTS
from topoplan.reporting.figures import BAND_FLOOR, band_of
from topoplan.reporting.method import method
from topoplan.risk.impact import IMPACT_FACTORS
from topoplan.risk.likelihood import FACTORS
from topoplan.risk.method import risk_sections
from topoplan.risk.modes import MODE_WEIGHTS

SETTINGS = """
risk:
  mode_weights: {cascade: 0.9}
  money_fields: [tip]
planning:
  min_value: 0.05
  techniques:
    contract: {hours: 3, effects: {semantic: 0.6}}
coverage:
  max_age_days: 30
history:
  half_life_days: 45
  bots: ["robot*"]
"""
SET = {
    ("modes", "", "cascade"): ("0.9", "0.43"),
    ("selection", "", "least value"): ("0.05", "0.02"),
    ("techniques", "contract", "hours"): ("3", "2"),
    ("techniques", "contract", "semantic"): ("0.6", "0.35"),
    ("evidence", "", "largest age"): ("30", "none"),
    ("change", "", "half-life"): ("45", "90"),
}


@pytest.fixture
def system(tmp_path: Path) -> Path:
    (tmp_path / "compose.yaml").write_text(
        "services:\n  web: {image: web, environment: {USERS: 'http://users:80'}}\n  users: {image: users}\n"
    )
    return tmp_path


def rows(report: Report) -> dict[tuple[str, str, str], MethodRow]:
    found = {(section.id, row.group, row.name): row for section in method(report) for row in section.rows}
    assert len(found) == sum(len(section.rows) for section in method(report)), "every row has a name of its own"
    return found


def test_without_settings_every_figure_is_its_default_and_has_a_source(system: Path) -> None:
    found = rows(analyse(Request((str(system),))))
    assert found
    for key, row in found.items():
        assert row.value == row.default, key
        assert row.source, key
        assert row.meaning, key
        assert row.value, key


def test_every_effect_of_every_technique_is_told(system: Path) -> None:
    found = rows(analyse(Request((str(system),))))
    for technique in Technique:
        default = DEFAULTS[technique]
        for mode in Mode:
            assert float(found["techniques", technique.value, mode.value].value) == default.effects[mode]
        assert float(found["techniques", technique.value, "hours"].value) == default.hours
        assert float(found["techniques", technique.value, "seconds"].value) == default.seconds


def test_every_weight_is_told(system: Path) -> None:
    found = rows(analyse(Request((str(system),))))
    for mode in Mode:
        assert float(found["modes", "", mode.value].value) == MODE_WEIGHTS[mode]
        for name, (weight, _) in FACTORS[mode].items():
            assert float(found["factors", mode.value, name].value) == weight
    for name, (weight, _) in IMPACT_FACTORS.items():
        assert float(found["impact", "", name].value) == weight
    for urgency, floor in URGENCY_FLOOR.items():
        assert float(found["urgency", "", urgency.value].value) == floor


def test_what_a_team_sets_shows_beside_the_default(system: Path) -> None:
    (system / "topoplan.yaml").write_text(SETTINGS)
    found = rows(analyse(Request((str(system),))))
    changed = {key: (row.value, row.default) for key, row in found.items() if row.value != row.default}
    assert changed.pop(("words", "", "money"))[0].endswith(", tip")
    assert changed.pop(("change", "", "bots"))[0].endswith(", robot*")
    assert changed == SET
    assert found["techniques", "contract", "semantic"].setting == "planning.techniques.contract.effects.semantic"


def test_what_the_command_line_sets_counts_too(system: Path) -> None:
    found = rows(analyse(Request((str(system),), history=False, since_days=30)))
    assert found["change", "", "period"].value == "30"
    assert found["change", "", "version control"].value == "not read"


def test_every_setting_named_is_one(system: Path) -> None:
    for row in rows(analyse(Request((str(system),)))).values():
        part, _, key = row.setting.partition(".")
        if part in ("risk", "planning", "history"):
            settings = {"risk": RiskSettings, "planning": PlanningSettings, "history": HistorySettings}[part]
            assert key.partition(".")[0] in settings.__struct_fields__
        else:
            assert row.setting in ("", "coverage.max_age_days")


def test_judgement_is_called_judgement(system: Path) -> None:
    found = rows(analyse(Request((str(system),))))
    others = {row.source.partition(":")[0] for row in found.values() if not row.source.startswith(JUDGEMENT)}
    assert all(source.startswith(("incidents of 18 months", "tried on eleven")) for source in others)
    assert JUDGEMENT in found["modes", "", "schema"].source, "the split over modes is"


def test_the_bands_are_those_of_the_scores() -> None:
    shown = rows(Report("", Topology()))
    for band in BAND_FLOOR:
        low, high = map(int, shown["shown", "", band.value].value.split("–"))
        assert {band_of(score) for score in range(low, high + 1)} == {band}
    assert shown["shown", "", "high"].value.endswith("–100")


def test_a_topology_alone_rests_on_no_figures(system: Path) -> None:
    assert survey(Request((str(system),))).method == ()


def test_words_of_a_team_are_cleaned_and_bounded() -> None:
    bad = HistorySettings(fix_words=("a\x1b[31m\u202e", "b" * 5000))
    words = next(row for s in risk_sections(RiskSettings(), bad) for row in s.rows if row.name == "words of fixes")
    assert words.value.startswith("a [31m , b")
    assert len(words.value) == TEXT_LIMIT
