"""What verifications prove of the interactions of one contract."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from msgspec import Struct

from topoplan.coverage.ages import Ages, day
from topoplan.coverage.claiming import deciding
from topoplan.coverage.contracts import Content, Pair
from topoplan.model.checks import Interaction, Verdict, VerificationFact
from topoplan.model.coverage import Grade
from topoplan.model.place import Evidence


class Standing(Struct, frozen=True):
    """How far one interaction is proven."""

    grade: Grade
    evidence: Evidence
    reason: str
    remedy: str = ""
    stale: bool = False
    time: int = 0

    @property
    def share(self) -> tuple[float, bool]:
        """Orders standings, the worst first."""
        return self.grade.share * (0.5 if self.stale else 1.0), self.grade is not Grade.UNVERIFIED


class Verified:
    """The verifications of one pair, joined to contents: by the names of the content they replayed, else by the
    descriptions they list, when these are all there are."""

    def __init__(self, pair: Pair, verifications: Sequence[VerificationFact], ages: Ages) -> None:
        self._pair = pair
        self._ages = ages
        present = frozenset(name for content in pair.present for name in content.names)
        self._exact = [v for v in verifications if v.content and present.intersection(v.content)]
        self._past = [v for v in verifications if v.content and present.isdisjoint(v.content)]
        loose = [v for v in verifications if not v.content]
        descriptions = pair.descriptions
        self._listed = [v for v in loose if descriptions and descriptions <= {r.description for r in v.results}]
        self._loose = [v for v in loose if v not in self._listed]

    def standing(self, content: Content, interaction: Interaction) -> Standing:
        """The best that the newest fitting verification says."""
        own = [v for v in self._exact if content.names.intersection(v.content)]
        if own or self._listed:
            return self._told(deciding([*own, *self._listed], self._ages), interaction)
        past = self._newest_of_each([v for v in self._past if self._had(v, interaction)])
        passed = [v for v in past if v.verdict is Verdict.PASSED]
        if passed:
            return self._stale(deciding(passed, self._ages))
        if self._loose:
            return self._unjoined(deciding(self._loose, self._ages), content)
        if past:
            return self._never(deciding(past, self._ages))
        return Standing(
            Grade.UNVERIFIED,
            content.evidence,
            f"{self._pair.provider} never verified this contract",
            f"{self._pair.provider} has to verify the contract of {self._pair.consumer}",
        )

    def _told(self, verification: VerificationFact, interaction: Interaction) -> Standing:
        verdicts = {r.verdict for r in verification.results if r.description == interaction.description}
        verdict = verification.verdict
        if Verdict.FAILED in verdicts:
            verdict = Verdict.FAILED
        elif Verdict.PASSED in verdicts:
            verdict = Verdict.PASSED
        elif verdict is Verdict.FAILED and any(r.verdict is Verdict.FAILED for r in verification.results):
            verdict = Verdict.UNKNOWN  # another interaction is why it failed
        time = self._ages.time(verification)
        on = f" on {day(time)}" if time else ""
        provider = self._pair.provider
        if verdict is Verdict.FAILED and interaction.pending:
            return self._made(
                Grade.UNVERIFIED,
                verification,
                f"pending: {provider} does not keep it yet{on}",
                f"{provider} has to keep it",
            )
        if verdict is Verdict.FAILED:
            return self._made(
                Grade.FAILING,
                verification,
                f"{provider} failed to verify this content{on}",
                f"{provider} has to keep it",
            )
        if verdict is Verdict.PASSED:
            late = self._ages.lateness(time, provider)
            reason = f"{provider} verified this content{on}"
            if late:
                return self._made(
                    Grade.VERIFIED, verification, f"{reason}, {late}", f"{provider} has to verify it again", stale=True
                )
            return self._made(Grade.VERIFIED, verification, reason)
        reason = f"the verification by {provider}{on} does not tell how this interaction ended"
        return self._made(Grade.UNVERIFIED, verification, reason, f"{provider} has to verify it")

    def _had(self, verification: VerificationFact, interaction: Interaction) -> bool:
        """Whether the past content that was verified had this interaction, as far as that content is known."""
        replayed = [c for c in self._pair.past if c.names.intersection(verification.content)]
        return not replayed or any(i.description == interaction.description for c in replayed for i in c.interactions)

    def _newest_of_each(self, verifications: Sequence[VerificationFact]) -> list[VerificationFact]:
        """The deciding verification of each past content."""
        by_content: dict[tuple[str, ...], list[VerificationFact]] = defaultdict(list)
        for verification in verifications:
            by_content[verification.content].append(verification)
        return [deciding(same, self._ages) for same in by_content.values()]

    def _never(self, verification: VerificationFact) -> Standing:
        time, provider = self._ages.time(verification), self._pair.provider
        ended = "failed to verify" if verification.verdict is Verdict.FAILED else "replayed"
        reason = (
            f"{provider} {ended} an earlier content{f' on {day(time)}' if time else ''}, and never verified this one"
        )
        remedy = f"{provider} has to verify what {self._pair.consumer} expects now"
        return self._made(Grade.UNVERIFIED, verification, reason, remedy)

    def _stale(self, verification: VerificationFact) -> Standing:
        time, provider = self._ages.time(verification), self._pair.provider
        on = f" on {day(time)}" if time else ""
        reason = f"{provider} verified an earlier content{on}, not this one"
        remedy = f"{provider} has to verify what {self._pair.consumer} expects now"
        return self._made(Grade.VERIFIED, verification, reason, remedy, stale=True)

    def _unjoined(self, verification: VerificationFact, content: Content) -> Standing:
        provider = self._pair.provider
        if verification.verdict is Verdict.FAILED:
            reason = f"a verification by {provider} failed, and nothing tells of which content"
            return self._made(Grade.FAILING, verification, reason, f"{provider} has to keep the contract")
        reason = f"{provider} verified some contract with {self._pair.consumer}; nothing tells that it was this content"
        remedy = "read the broker's results, or a report that names every interaction"
        return self._made(Grade.UNVERIFIED, verification, reason, remedy)

    def _made(
        self, grade: Grade, verification: VerificationFact, reason: str, remedy: str = "", stale: bool = False
    ) -> Standing:
        return Standing(grade, verification.evidence, reason, remedy, stale, self._ages.time(verification))
