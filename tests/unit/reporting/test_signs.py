"""Signs and colours: one for each thing told, and readable."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from enum import StrEnum

import pytest

from topoplan.model.coverage import State
from topoplan.model.facts import NodeKind, Severity, SourceState
from topoplan.model.gaps import Urgency
from topoplan.model.plan import STYLE_TECHNIQUES, Technique
from topoplan.reporting import signs
from topoplan.reporting.figures import Band


@pytest.mark.parametrize(
    ("told", "by"),
    [
        (Technique, signs.LETTERS),
        (State, signs.STATE_SIGNS),
        (State, signs.STATE_COLORS),
        (NodeKind, signs.KIND_SIGNS),
        (Band, signs.BAND_COLORS),
        (Urgency, signs.URGENCY_COLORS),
        (Severity, signs.SEVERITY_COLORS),
        (SourceState, signs.SOURCE_COLORS),
    ],
)
def test_each_thing_has_a_sign_or_colour_of_its_own(told: Collection[StrEnum], by: Mapping[StrEnum, str]) -> None:
    assert set(by) == set(told)
    assert len(set(by.values())) == len(by)


def test_the_columns_are_the_techniques_aimed_at_one_boundary() -> None:
    assert set(signs.COLUMN_TECHNIQUES) == {technique for fitting in STYLE_TECHNIQUES.values() for technique in fitting}


@pytest.mark.parametrize("color", sorted({*signs.STATE_COLORS.values(), *signs.BAND_COLORS.values()}))
def test_black_text_is_readable_on_every_chip(color: str) -> None:
    """At least 4.5 to 1 (WCAG 2.2, success criterion 1.4.3)."""
    assert re.fullmatch("#[0-9A-F]{6}", color)
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    assert (luminance + 0.05) / 0.05 >= 4.5
