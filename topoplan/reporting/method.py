"""Every figure of the model with its source: those a report was made with, and how its numbers are shown."""

from __future__ import annotations

from topoplan.model.method import MethodSection, fixed
from topoplan.model.report import Report
from topoplan.reporting.figures import BAND_FLOOR
from topoplan.risk.weighing import TELLING


def method(report: Report) -> tuple[MethodSection, ...]:
    """The sections in the order in which a figure needs the one before. A report of the topology alone, or one saved by
    an earlier version, has only the last."""
    ceilings = [100, *(floor - 1 for floor in BAND_FLOOR.values())]
    shown = (
        *(
            fixed(band.value, f"{floor}–{ceiling}", "score", "scores 0–100 shown in this band")
            for (band, floor), ceiling in zip(BAND_FLOOR.items(), ceilings, strict=False)
        ),
        fixed("named as a reason", TELLING, "0–1", "value from which a factor is worth naming"),
    )
    return (*report.method, MethodSection("shown", "How scores are shown", "Bands of the score.", shown))
