"""What tests prove of each boundary: graded claims, and the states they add up to."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from msgspec import Struct

from topoplan.model.place import Evidence, Where
from topoplan.model.plan import Technique


class Grade(StrEnum):
    """How far a check is proven; `value_of` is its share of a verified one."""

    VERIFIED = "verified"
    """It ran and passed; for a contract: the provider verified this very content."""
    UNVERIFIED = "unverified"
    """Only the consumer's half, or it passed without anything that tells when or on what."""
    DECLARED = "declared"
    """A test is claimed, or an environment exists; no result."""
    FAILING = "failing"

    @property
    def share(self) -> float:
        """1 verified, 0.5 unverified, 0.2 declared, 0 failing."""
        return _SHARES[self]


_SHARES = {Grade.VERIFIED: 1.0, Grade.UNVERIFIED: 0.5, Grade.DECLARED: 0.2, Grade.FAILING: 0.0}
STALE_SHARE = 0.5
"""What a stale check keeps of its grade."""


class State(StrEnum):
    """Of a boundary, technique and operation; `rank` orders them, the better the higher."""

    COVERED = "covered"
    PARTIAL = "partial"
    """Some of its operations are covered, or are in part."""
    STALE = "stale"
    UNVERIFIED = "unverified"
    FAILING = "failing"
    UNCOVERED = "uncovered"
    UNKNOWN = "unknown"
    """No source that could tell of such tests was read."""

    @property
    def rank(self) -> int:
        return _RANKS[self]


_RANKS = {state: -index for index, state in enumerate(State)}


class Claim(Struct, frozen=True):
    """One check, applied to one boundary."""

    json_extra: ClassVar[tuple[str, ...]] = ("share",)

    check: str
    """What identifies it: a test's id, or `pact gateway / orders`."""
    grade: Grade
    evidence: Evidence
    operations: tuple[str, ...] = ()
    """Ids of operations of the boundary it speaks of; empty: of the boundary, without telling operations."""
    stale: bool = False
    time: int = 0
    """Unix seconds of the newest run or verification, 0 unknown."""
    reason: str = ""
    """Why it has this grade: `passed on 2026-10-01`, `orders verified this content on 2026-10-01`."""
    remedy: str = ""
    """What would raise the grade: `orders never verified this contract`; empty when nothing would."""

    @property
    def share(self) -> float:
        """Its worth, 0–1: the grade's, halved when stale."""
        return self.grade.share * (STALE_SHARE if self.stale else 1.0)


class OperationCoverage(Struct, frozen=True, order=True):
    """One operation under one technique; `share` ∈ [0, 1] is its best claim's."""

    operation: str
    state: State
    share: float = 0.0


class TechniqueCoverage(Struct, frozen=True):
    """One technique on one boundary. `share` is the mean over its operations, or the best claim's where the boundary
    has none."""

    technique: Technique
    state: State
    share: float = 0.0
    operations: tuple[OperationCoverage, ...] = ()
    """Every operation of the boundary, by id; none where it has none or is a resource."""
    claims: tuple[Claim, ...] = ()
    """Best first."""


class BoundaryCoverage(Struct, frozen=True):
    """Every technique that was claimed for the boundary or makes sense for it, cheapest first."""

    boundary: str
    techniques: tuple[TechniqueCoverage, ...] = ()

    def of(self, technique: Technique) -> TechniqueCoverage | None:
        """The coverage by one technique; None when it makes no sense here and nothing claims it."""
        return next((t for t in self.techniques if t.technique is technique), None)


class Finding(Struct, frozen=True, order=True):
    """Something about the tests that a person should know, though it is no gap of its own."""

    kind: str
    """`incompatible`, `empty-contract`, `empty-run`, `unknown-pair`, `unmapped-tests`, `misread-claim`,
    `failing-beside`, `outdated-contract`, `unmatched-verification`, `unlisted-operation`."""
    message: str
    where: Where
    other: Where | None = None
    """The second place: of the specification that disagrees, of the boundary that is meant."""
    boundary: str = ""
    operation: str = ""


class Coverage(Struct, frozen=True):
    """What all evidence adds up to. `boundaries` has every boundary of the topology, by id."""

    boundaries: tuple[BoundaryCoverage, ...] = ()
    findings: tuple[Finding, ...] = ()
    read: tuple[Technique, ...] = ()
    """Techniques of which some evidence source could tell; of the others everything is unknown."""
    as_of: int = 0
    """Unix seconds ages are measured from: the newest time in the inputs; 0 when nothing tells a time."""

    def of(self, boundary: str) -> BoundaryCoverage | None:
        return next((b for b in self.boundaries if b.boundary == boundary), None)
