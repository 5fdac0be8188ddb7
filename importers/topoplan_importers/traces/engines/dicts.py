"""The reference engine: holds all spans in memory and joins them trace by trace, in Python alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from topoplan_importers.traces.ledger import Ledger
from topoplan_importers.traces.observed import Observed
from topoplan_importers.traces.sketching import SketchingLedger
from topoplan_importers.traces.span import Span


class DictEngine:
    """Starts at once, so it is the one for small inputs."""

    name = "dicts"

    def observe(self, spans: Iterable[Span], paths: Sequence[str], *, sketch: bool = False) -> Observed:
        ledger = SketchingLedger() if sketch else Ledger()
        for span in spans:
            ledger.add(span)
        ledger.close()
        return ledger.observed(paths)
