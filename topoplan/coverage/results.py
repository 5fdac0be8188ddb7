"""Results of test reports to claims: by the rules of topoplan.yaml, and by what tests say of themselves."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType

from topoplan.config import ResultRule
from topoplan.config.patterns import fit
from topoplan.coverage.ages import Ages
from topoplan.coverage.claiming import Applied, Told, claim_of, deciding
from topoplan.coverage.naming import Names
from topoplan.coverage.operations import ALL, Operations, unlisted_operation
from topoplan.model.checks import ResultFact
from topoplan.model.claims import Claimed, is_claim, parse_claim
from topoplan.model.coverage import Finding
from topoplan.model.facts import Style
from topoplan.model.phrases import counted
from topoplan.model.place import Where
from topoplan.model.plan import STYLE_TECHNIQUES, Technique
from topoplan.model.report import Journey
from topoplan.model.topology import Boundary

_GROUP = re.compile(r"\{(\w+)\}")


class Mapper:
    """Applies test results to the boundaries they are mapped to."""

    def __init__(
        self,
        rules: Sequence[ResultRule],
        names: Names,
        operations: Operations,
        ages: Ages,
        journeys: Sequence[Journey] = (),
        contracted: Mapping[str, Sequence[str]] = MappingProxyType({}),
    ) -> None:
        """`contracted`: operations that contracts name, by boundary; see `boundary_states`."""
        self._rules = rules
        self._names = names
        self._operations = operations
        self._ages = ages
        self._journeys = {journey.name: journey for journey in journeys}
        self._contracted = contracted

    def map(self, results: Iterable[ResultFact], taken: frozenset[str] = frozenset()) -> Told:
        """Claims of each test's newest result. `taken` are ids of tests that other rules understood, which are no news
        when nothing here maps them."""
        by_id: dict[str, list[ResultFact]] = defaultdict(list)
        for result in results:
            by_id[result.id].append(result)
        applied: list[Applied] = []
        findings: list[Finding] = []
        mapped: dict[str, bool] = {}
        for test, found in sorted(by_id.items()):
            claims, problems = self._claimed(deciding(found, self._ages))
            findings += problems
            for result in found:
                path = result.evidence.where.path
                mapped[path] = mapped.get(path, False) or bool(claims or problems) or test in taken
            for claimed in dict.fromkeys(claims):
                made = self._apply(deciding(found, self._ages), claimed)
                applied += made.applied
                findings += made.findings
        findings += _unmapped((r for found in by_id.values() for r in found), mapped)
        return Told(tuple(applied), tuple(findings))

    def _claimed(self, result: ResultFact) -> tuple[list[Claimed], list[Finding]]:
        claims: list[Claimed] = []
        problems: list[Finding] = []
        for name, value in result.properties:
            if is_claim(name):
                try:
                    claims.append(parse_claim(name, value))
                except ValueError as error:
                    message = f"{result.id}: property {name}: {error}"
                    problems.append(Finding("misread-claim", message, result.evidence.where))
        claims += (claimed for rule in self._rules if (claimed := claim_by(rule, result)))
        return claims, problems

    def _apply(self, result: ResultFact, claimed: Claimed) -> Told:
        if claimed.journey:
            return self._journey(result, claimed)
        findings: list[Finding] = []
        on: dict[str, Boundary] = {}
        for consumer, provider in pairwise(claimed.services):
            boundaries = self._between(consumer, provider, claimed.technique)
            if not boundaries:
                findings.append(self._names.unknown(consumer, provider, result.evidence.where))
            on.update((boundary.id, boundary) for boundary in boundaries)
        made = self._on(tuple(on.values()), result, claimed, is_path=len(claimed.services) > 2)
        return Told(made.applied, (*findings, *made.findings))

    def _journey(self, result: ResultFact, claimed: Claimed) -> Told:
        journey = self._journeys.get(claimed.journey)
        if journey is None:
            known = ", ".join(sorted(self._journeys)) or "none"
            message = f"{result.id}: no journey {claimed.journey!r} in topoplan.yaml (journeys: {known})"
            return Told((), (Finding("misread-claim", message, result.evidence.where),))
        return self._on(along(journey.services, self._names), result, claimed, is_path=True)

    def _between(self, consumer: str, provider: str, technique: Technique) -> tuple[Boundary, ...]:
        """Those of the pair that the technique says something of; all when there are none."""
        ends = self._names.service(consumer), self._names.service(provider)
        found = self._names.between(ends[0], ends[1]) if ends[0] and ends[1] else ()
        if technique in (Technique.SLICE, Technique.E2E):
            return found
        return tuple(b for b in found if technique in STYLE_TECHNIQUES[b.style]) or found

    def _on(self, boundaries: Sequence[Boundary], result: ResultFact, claimed: Claimed, *, is_path: bool) -> Told:
        """A test that names operations speaks of the boundaries that have them; a path runs through the others too."""
        is_contract = claimed.technique is Technique.CONTRACT
        named = {b.id: self._contracted.get(b.id, ()) if is_contract else () for b in boundaries}
        meant = [(b, *self._operations.ids(b, claimed.operations, named[b.id])) for b in boundaries]
        listed = {operation for _, ids, _ in meant for operation in ids}
        applied: list[Applied] = []
        findings: list[Finding] = []
        for boundary, ids, unlisted in meant:
            others = [operation for operation in unlisted if operation not in listed]
            findings += (
                unlisted_operation(boundary, operation, f"{result.id} names {operation}", result.evidence.where)
                for operation in others
            )
            if ids or not unlisted or (is_path and not others):
                claim = claim_of(result.id, result, self._ages, boundary.provider, ids)
                whole = ALL in claimed.operations or not (is_contract or self._operations.known(boundary))
                applied.append(Applied(boundary.id, claimed.technique, claim, whole))
        return Told(tuple(applied), tuple(findings))


def along(services: Sequence[str], names: Names) -> tuple[Boundary, ...]:
    """Boundaries of a path given by ids of services: from each to the nearest before it that it is joined to, so that
    one service may call several in turn. Messages may flow either way."""
    found: dict[str, Boundary] = {}
    for index, service in enumerate(services):
        for earlier in reversed(services[:index]):
            joined = [
                *names.between(earlier, service, Style.SYNC, Style.MESSAGE),
                *names.between(service, earlier, Style.SYNC, Style.MESSAGE),
            ]
            if joined:
                found.update((boundary.id, boundary) for boundary in joined)
                break
    return tuple(found[key] for key in sorted(found))


def claim_by(rule: ResultRule, result: ResultFact) -> Claimed | None:
    """What a rule says of a test; None when it does not fit, or has no pattern at all."""
    texts = [(rule.suite, result.suite), (rule.classname, result.classname), (rule.name, result.name)]
    texts.append((rule.file, result.file))
    if not rule.technique or not (rule.properties or any(pattern for pattern, _ in texts)):
        return None
    groups: dict[str, str] = {}
    for pattern, text in texts:
        found = fit(pattern, text)
        if found is None:
            return None
        groups |= found
    for name, pattern in sorted(rule.properties.items()):
        values = (fit(pattern, value) for key, value in result.properties if key == name)
        found = next((value for value in values if value is not None), None)
        if found is None:
            return None
        groups |= found
    return Claimed(
        Technique(rule.technique),
        tuple(_filled(rule.services, groups)),
        next(_filled([rule.journey], groups)),
        tuple(_filled(rule.operations, groups)),
    )


def _filled(templates: Iterable[str], groups: Mapping[str, str]) -> Iterator[str]:
    """With groups in place of their names; `{id}` of a path stays when no group is called so."""
    for template in templates:
        yield _GROUP.sub(lambda match: groups.get(match[1], match[0]), template)


def _unmapped(results: Iterable[ResultFact], mapped: Mapping[str, bool]) -> Iterator[Finding]:
    counts: dict[str, int] = defaultdict(int)
    for result in results:
        counts[result.evidence.where.path] += 1
    for path, count in sorted(counts.items()):
        if not mapped[path]:
            tests = counted(count, "test")
            message = f"{tests} in this report, none mapped to a boundary: add rules under coverage.tests"
            yield Finding("unmapped-tests", message, Where(path))
