"""The use case tells why it has nothing to show."""

from pathlib import Path

import pytest

from topoplan import surveying
from topoplan.errors import NoInputError
from topoplan.importing.contract import Importer
from topoplan.model.facts import Notice, Severity
from topoplan.surveying import Request, survey


def test_an_importer_that_cannot_be_used_is_told_where_nothing_is_recognised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> tuple[tuple[Importer, ...], tuple[Notice, ...]]:
        return (), (Notice(Severity.ERROR, "importer-unusable", "importer compose cannot be used: no licence"),)

    monkeypatch.setattr(surveying, "load_importers", broken)
    (tmp_path / "compose.yaml").write_text("services: {}\n")
    with pytest.raises(NoInputError) as raised:
        survey(Request(paths=(str(tmp_path),)))
    assert raised.value.hint == "importer compose cannot be used: no licence"
