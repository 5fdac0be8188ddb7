"""What a person keeps between runs: keys of their own, saved filters and a theme, as JSON in one folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from topoplan.errors import ConfigError, OutputError
from topoplan.model.text import clean
from topoplan.reporting.files import replacing

_MOST_BYTES = 2**20


class Preferences:
    """Texts by name, in files of `folder`; without a folder nothing is kept."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def keys(self) -> dict[str, str]:
        """Binding → keys with commas between, of `keys.json`. Raises ConfigError (`preferences-invalid`)."""
        return self._read("keys.json")

    def filters(self, screen: str) -> dict[str, str]:
        """Name → filter of one screen, by name. Raises ConfigError."""
        return dict(sorted(self._read(f"filters-{screen}.json").items()))

    def save_filter(self, screen: str, name: str, text: str) -> None:
        """Keep a filter; an empty one is forgotten. Raises ConfigError or OutputError (`output-failed`)."""
        kept = {**self.filters(screen), name: text}
        self._write(f"filters-{screen}.json", {key: value for key, value in sorted(kept.items()) if value})

    def theme(self) -> str:
        """The theme that was chosen last; empty: none. Raises ConfigError."""
        return self._read("theme.json").get("theme", "")

    def save_theme(self, name: str) -> None:
        """Keep the choice of a theme. Raises OutputError."""
        self._write("theme.json", {"theme": name})

    def _read(self, name: str) -> dict[str, str]:
        if self._folder is None:
            return {}
        path = self._folder / name
        try:
            with path.open("rb") as stream:
                content = stream.read(_MOST_BYTES)
            found = json.loads(content)
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise _invalid(path, f"cannot be read: {error.strerror}") from None
        except (ValueError, RecursionError):
            raise _invalid(path, "is no JSON") from None
        if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
            raise _invalid(path, "is no object of texts")
        return {clean(key): clean(value) for key, value in found.items()}

    def _write(self, name: str, kept: Mapping[str, str]) -> None:
        if self._folder is None:
            raise OutputError("there is no folder to keep it in", slug="output-failed", hint="set HOME")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            message = f"cannot be made: {error.strerror}"
            raise OutputError(message, slug="output-failed", where=clean(str(self._folder))) from None
        with replacing(str(self._folder / name)) as stream:
            stream.write(f"{json.dumps(kept, indent=2, ensure_ascii=False)}\n".encode("utf-8", "replace"))


def _invalid(path: Path, what: str) -> ConfigError:
    hint = "mend or delete the file"
    return ConfigError(what, slug="preferences-invalid", where=clean(str(path)), hint=hint)
