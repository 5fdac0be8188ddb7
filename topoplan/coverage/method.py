"""Tells what evidence of tests is worth, and where those figures come from."""

from __future__ import annotations

from collections.abc import Mapping

from topoplan.config import CoverageSettings
from topoplan.coverage.states import UNKNOWN_SHARE
from topoplan.model.coverage import STALE_SHARE, Grade
from topoplan.model.method import MethodSection, chosen, fixed

_SHARE = "0–1"

GRADES: Mapping[Grade, str] = {
    Grade.VERIFIED: "it ran and passed; for a contract: the provider verified this very content",
    Grade.UNVERIFIED: "the consumer's half only: a contract that its provider never replayed",
    Grade.DECLARED: "a test is claimed, or an environment for tests exists; nothing tells a result. A skipped test "
    "is no more",
    Grade.FAILING: "it failed, or its contract asks for what the provider's specification does not allow",
}
"""When a check has this grade."""


def coverage_sections(settings: CoverageSettings) -> tuple[MethodSection, ...]:
    """The section of the method that tells of evidence."""
    rows = (
        *(fixed(grade.value, grade.share, _SHARE, when) for grade, when in GRADES.items()),
        fixed(
            "stale",
            STALE_SHARE,
            "of its grade",
            "older than the last change of the interface it checks, than the set age, or of another content",
        ),
        fixed(
            "operations unknown",
            UNKNOWN_SHARE,
            _SHARE,
            "a contract test where nobody tells which operations there are besides those it names",
        ),
        chosen(
            "coverage.max_age_days",
            "largest age",
            settings.max_age_days,
            CoverageSettings().max_age_days,
            "days",
            "against the newest time in the inputs, beyond which evidence is stale; none: age alone makes none stale",
        ),
    )
    rule = "Risk left of a mode = risk × Π (1 − effect of the test × worth of its evidence), the best evidence of each."
    return (MethodSection("evidence", "Worth of evidence", rule, rows),)
