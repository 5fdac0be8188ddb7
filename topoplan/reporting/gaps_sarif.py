"""Gaps as SARIF 2.1.0, for code scanning (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import IO
from urllib.parse import quote

from topoplan.model.coverage import Finding
from topoplan.model.gaps import Accepted, Gap, Missing, Urgency
from topoplan.model.place import Where
from topoplan.model.plan import Technique
from topoplan.model.report import Report
from topoplan.model.text import TEXT_LIMIT, clean
from topoplan.reporting import Style, digest, gap_digest
from topoplan.reporting.json_text import dump
from topoplan.reporting.sarif_rules import INCOMPATIBLE, RULES, rule_id
from topoplan.reporting.standing import to_mend

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
RESULTS_KEPT = 5_000
"""Results of one run that GitHub shows."""
RELATED_KEPT = 10

_ROOT = "%SRCROOT%"
_LEVELS = {Urgency.HIGH: "error", Urgency.MEDIUM: "warning", Urgency.LOW: "note"}
_UNPLACED = Where("topoplan.yaml", 1)
"""Where a boundary without any place is shown: the file that can name it."""

Json = dict[str, object]


def write(report: Report, out: IO[str], style: Style) -> None:
    """One run: a result per gap and operation, per incompatible contract, and per accepted gap, which is suppressed."""
    del style
    results = list(_results(report))
    kept = results[:RESULTS_KEPT]
    failed = digest.failed_sources(report)
    notifications = [
        _notification("error", f"not read, so what it holds counts as missing: {source.reason}", Where(source.path))
        for source in failed
    ]
    if len(kept) < len(results):
        told = f"{len(results):,} results; these are the {len(kept):,} most urgent, the JSON format has all"
        notifications.append(_notification("warning", told))
    driver: Json = {"name": "topoplan", "rules": list(RULES)}
    if report.tool_version:
        driver["version"] = clean(report.tool_version)
    run: Json = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"topoplan/{clean(report.system).replace('/', '-') or 'system'}/"},
        "invocations": [{"executionSuccessful": not failed, "toolExecutionNotifications": notifications}],
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The folder that paths were given from."}}},
        "columnKind": "utf16CodeUnits",
        "results": kept,
    }
    dump({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, out)


def _results(report: Report) -> Iterator[Json]:
    boundaries = {boundary.id: boundary for boundary in report.topology.boundaries}
    pairs = {name: gap_digest.pair_of(boundary) for name, boundary in boundaries.items()}
    places = {name: gap_digest.place_of(boundary) for name, boundary in boundaries.items()}
    for gap, missing in to_mend(report.gaps):
        related = gap_digest.findings_at(report, gap, missing.operation)
        yield _gap(gap, missing, pairs.get(gap.boundary, gap.boundary), related)
    for finding in report.coverage.findings:
        if finding.kind == INCOMPATIBLE:
            yield _incompatible(finding)
    tests = {test.id: test for test in report.plan.tests}
    for one in report.gaps.accepted:
        if test := tests.get(one.test):
            boundary = test.boundaries[0]
            yield _accepted(one, test.technique, pairs.get(boundary, boundary), places.get(boundary))


def _gap(gap: Gap, missing: Missing, pair: str, related: Iterable[Finding]) -> Json:
    result = _result(
        rule_id(gap.technique),
        _LEVELS[gap.urgency],
        gap_digest.sentence_of(gap, missing, pair),
        gap.where,
        missing.fingerprint,
    )
    places = [_related(where, f.message) for f in related for where in (f.where, f.other) if where]
    if places:
        result["relatedLocations"] = [{"id": i, **place} for i, place in enumerate(places[:RELATED_KEPT], 1)]
    result["properties"] = {
        "urgency": gap.urgency.value,
        "state": missing.state.value,
        "openRisk": gap.open_risk,
        "test": clean(gap.test, TEXT_LIMIT),
        "operation": clean(missing.operation, TEXT_LIMIT),
    }
    return result


def _incompatible(finding: Finding) -> Json:
    parts = (finding.kind, finding.boundary, finding.operation, finding.message)
    fingerprint = hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:32]
    result = _result(f"topoplan/{INCOMPATIBLE}", "warning", f"{finding.message}.", finding.where, fingerprint)
    if finding.other:
        result["relatedLocations"] = [{"id": 1, **_related(finding.other, "what the provider offers")}]
    return result


def _accepted(one: Accepted, technique: Technique, pair: str, where: Where | None) -> Json:
    what = f"{pair}, {one.operation}" if one.operation else pair
    message = f"{what}: {gap_digest.title_of(technique).lower()} missing, accepted by {one.by}."
    result = _result(rule_id(technique), "note", message, where, one.fingerprint)
    until = f" (until {one.until})" if one.until else ""
    why = one.reason or ("part of the baseline" if one.by == "baseline" else "no reason given")
    result["suppressions"] = [{"kind": "external", "justification": clean(f"{why}{until}", TEXT_LIMIT)}]
    return result


def _result(rule: str, level: str, message: str, where: Where | None, fingerprint: str) -> Json:
    return {
        "ruleId": rule,
        "level": level,
        "message": {"text": _plain(message)},
        "locations": [_location(where or _UNPLACED)],
        "partialFingerprints": {"topoplan/v1": fingerprint},
        "suppressions": [],
    }


def _related(where: Where, message: str) -> Json:
    return {**_location(where), "message": {"text": _plain(f"{message} ({where})")}}


def _notification(level: str, message: str, where: Where | None = None) -> Json:
    told: Json = {"level": level, "message": {"text": _plain(message)}}
    if where:
        told["locations"] = [_location(where)]
    return told


def _location(where: Where) -> Json:
    artifact = {"uri": _uri(where.path), "uriBaseId": _ROOT}
    return {"physicalLocation": {"artifactLocation": artifact, "region": {"startLine": max(where.line, 1)}}}


def _uri(path: str) -> str:
    """A relative reference (RFC 3986). Code scanning takes no other, so of a path from outside the folder its names."""
    parts = [part for part in path.split("/") if part not in ("", ".", "..")]
    return quote("/".join(parts) or _UNPLACED.path, safe="/", encoding="utf-8", errors="replace")


def _plain(text: str) -> str:
    """A message in which nothing is an embedded link (section 3.11.6)."""
    return clean(text, TEXT_LIMIT).replace("](", "] (")
