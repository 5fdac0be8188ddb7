"""What a page shows beside the report document: words, signs, groups, and how far each recommended test is met."""

from __future__ import annotations

from datetime import UTC, datetime

from topoplan.graph import groups
from topoplan.model.coverage import State
from topoplan.model.report import Report
from topoplan.reporting import digest, signs
from topoplan.reporting.figures import BAND_FLOOR
from topoplan.reporting.standing import standings

Document = dict[str, object]


def extras_document(report: Report, licenses: str) -> Document:
    """The document as builtins; `Extras` in web/src/data.ts describes it."""
    return {
        "techniques": {
            technique.value: {"title": digest.TECHNIQUE_TITLES[technique], "sign": letter}
            for technique, letter in signs.LETTERS.items()
        },
        "states": {state.value: {"title": state.value, "sign": signs.STATE_SIGNS[state]} for state in State},
        "kinds": {kind.value: {"title": kind.value, "sign": sign} for kind, sign in signs.KIND_SIGNS.items()},
        "drift": dict(digest.DRIFT_TITLES),
        "bands": [{"name": band.value, "floor": floor} for band, floor in BAND_FLOOR.items()],
        "groups": [
            {"name": group.name, "basis": group.basis.value, "members": list(group.members)}
            for group in groups(report.topology)
        ],
        "standings": {one.test.id: one.state.value for one in standings(report)},
        "evidence": bool(report.coverage.read),
        "reduced": "",
        "asOf": _day(report.coverage.as_of),
        "licenses": licenses,
    }


def _day(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).date().isoformat() if moment > 0 else ""
