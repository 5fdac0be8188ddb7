"""What a page shows beside the report document: words, signs, groups, and how far each recommended test is met."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from topoplan.graph import Group, groups
from topoplan.model.codec import encode
from topoplan.model.coverage import State
from topoplan.model.report import Report
from topoplan.reporting import digest, signs
from topoplan.reporting.figures import BAND_FLOOR
from topoplan.reporting.html.aggregate import aggregate
from topoplan.reporting.html.boundary_block import boundary_reasons, gap_facts
from topoplan.reporting.html.layout import groups_document, layout_document
from topoplan.reporting.html.matrix_block import matrix_block
from topoplan.reporting.html.overview import overview_document
from topoplan.reporting.html.plan_words import plan_document
from topoplan.reporting.html.reduction import Reduction
from topoplan.reporting.method import method
from topoplan.reporting.plan_digest import about
from topoplan.reporting.standing import boundary_states, standings

Document = dict[str, object]


def extras_document(page: Reduction, licenses: str) -> Document:
    """The document as builtins; `Extras` in web/src/data.ts describes it.

    Figures and groups are of the whole report; what answers to an entry of a list, to the lists that are shown.
    """
    report = page.whole
    found = groups(report.topology)
    figures = aggregate(report, found)
    return {
        "techniques": {
            technique.value: {"title": digest.TECHNIQUE_TITLES[technique], "sign": letter}
            for technique, letter in signs.LETTERS.items()
        },
        "states": {state.value: {"title": state.value, "sign": signs.STATE_SIGNS[state]} for state in State},
        "kinds": {kind.value: {"title": kind.value, "sign": sign} for kind, sign in signs.KIND_SIGNS.items()},
        "drift": dict(digest.DRIFT_TITLES),
        "bands": [{"name": band.value, "floor": floor} for band, floor in BAND_FLOOR.items()],
        "groups": _told(found),
        "aggregate": figures,
        "layout": layout_document(page.shown, found, figures["edges"], part=page.lacks_boundaries),
        "byDomain": _by_domain(report, found),
        "looks": {boundary: state.value for boundary, state in boundary_states(page.shown).items()},
        "standings": {one.test.id: one.state.value for one in standings(page.shown)},
        "evidence": bool(report.coverage.read),
        "columns": [technique.value for technique in signs.COLUMN_TECHNIQUES],
        "bases": dict(digest.BASIS_TITLES),
        "reasons": boundary_reasons(page.shown),
        "gapFacts": gap_facts(report),
        "journeys": {journey.name: about(journey) for journey in report.journeys},
        "matrix": matrix_block(report),
        "reduced": page.told,
        "asOf": _day(report.coverage.as_of),
        "licenses": licenses,
        "overview": overview_document(report),
        "plan": plan_document(report),
        "method": encode(method(report)),
    }


def _told(found: Sequence[Group]) -> list[Document]:
    return [{"name": group.name, "basis": group.basis.value, "members": list(group.members)} for group in found]


def _by_domain(report: Report, usual: Sequence[Group]) -> Document | None:
    """What is different where the domain of services is asked for before their owner; None where nothing is."""
    found = groups(report.topology, by_domain=True)
    if found == usual:
        return None
    figures = aggregate(report, found)
    return {"groups": _told(found), "aggregate": figures, "layout": groups_document(found, figures["edges"])}


def _day(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).date().isoformat() if moment > 0 else ""
