"""The baseline file: known gaps as a versioned JSON document that reads well in a diff."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from msgspec.structs import asdict

from topoplan import looking
from topoplan.errors import ConfigError, DocumentError
from topoplan.importing.workspace import Workspace
from topoplan.model.text import clean
from topoplan.planning.acceptance import Known

FORMAT = "topoplan/baseline"
FORMAT_VERSION = 1


def write_baseline(entries: Sequence[Known], out: IO[str]) -> None:
    """One entry a line, in the order given."""
    lines = ",\n".join(f"    {json.dumps(asdict(entry), ensure_ascii=False)}" for entry in entries)
    listed = f"[\n{lines}\n  ]" if entries else "[]"
    out.write(f'{{\n  "format": "{FORMAT}",\n  "format_version": {FORMAT_VERSION},\n  "gaps": {listed}\n}}\n')


def read_baseline(path: str, base: Path) -> tuple[Known, ...]:
    """The entries of the file at `path`, seen from the folder `base`.

    Raises ConfigError when it is missing (`baseline-missing`) or no baseline of this version (`baseline-invalid`).
    """
    real = base / path
    if not looking.is_file(real):
        hint = "write it with `topoplan baseline`, or check the path"
        raise ConfigError("there is no such baseline", slug="baseline-missing", where=path, hint=hint)
    try:
        data: Any = Workspace({path: real}).json(path).value
    except DocumentError as error:
        raise ConfigError(error.reason, slug="baseline-invalid", where=path) from None
    if not isinstance(data, dict) or (data.get("format"), data.get("format_version")) != (FORMAT, FORMAT_VERSION):
        hint = "write it anew with `topoplan baseline`"
        raise ConfigError("is no baseline of format version 1", slug="baseline-invalid", where=path, hint=hint)
    entries = data.get("gaps")
    if not isinstance(entries, list):
        raise ConfigError("has no list of gaps", slug="baseline-invalid", where=path)
    return tuple(_entry(item, index, path) for index, item in enumerate(entries))


def _entry(item: object, index: int, path: str) -> Known:
    fields = item if isinstance(item, dict) else {}
    values = {name: fields.get(name, "") for name in ("fingerprint", "technique", "boundary", "operation")}
    if not values["fingerprint"] or not all(isinstance(value, str) for value in values.values()):
        raise ConfigError("has no fingerprint", slug="baseline-invalid", where=f"{path}#/gaps/{index}")
    return Known(**{name: clean(value) for name, value in values.items()})
