"""Runs the specifications' own validator, in a process of its own and fed by standard input.

The validator costs more to import than most systems cost to analyse, recurses without bound, and by default fetches
what a `$ref` names. Here it runs beside the analysis, may crash alone, and sees only the documents it is handed.

Reads JSON lines `{"documents": {uri: value}, "spec": uri, "structure_only": bool}`; writes one JSON line each, in
order: `{"valid": true|false|null, "problem": text}`. Started as a script, so that it imports nothing else of topoplan.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from itertools import islice
from typing import Any, NoReturn

_MISHAPS = (
    ArithmeticError, AssertionError, AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError,
)  # fmt: skip
"""What a validator meeting a document of unforeseen shape has been seen to raise, and their like."""
_NAMING_KEYWORDS = frozenset({"additionalProperties", "dependentRequired", "required", "unevaluatedProperties"})
"""Keywords whose messages name properties only; others quote what the document holds."""
_NAMING_ERRORS = frozenset({"DuplicateOperationIDError", "ParameterDuplicateError", "UnresolvableParameterError"})
"""Likewise. `ExtraParametersError` lists a set, in an order that differs from run to run."""
_PROBLEM_LIMIT = 200


class Handlers(dict[str, Callable[[str], Any]]):
    """Answers for every URL scheme, so that the validator's own fetching is never reached."""

    def __init__(self, documents: dict[str, Any]) -> None:
        super().__init__()
        self.refused = ""
        self._documents = documents

    def __contains__(self, scheme: object) -> bool:
        return True

    def __missing__(self, scheme: str) -> Callable[[str], Any]:
        return self._document

    def _document(self, uri: str) -> Any:
        try:
            return self._documents[uri]
        except KeyError:
            self.refused = uri
            raise LookupError(uri) from None


def refuse_network(event: str, _: tuple[Any, ...]) -> None:
    """Audit hook: a second lock behind `Handlers`."""
    if event in ("socket.connect", "socket.getaddrinfo"):
        raise PermissionError(event)


def verdict(documents: dict[str, Any], spec: str, structure_only: bool = False) -> dict[str, Any]:
    """`valid` is None when the validator cannot tell; `problem` says why, or what is wrong first."""
    from jsonschema_path import SchemaPath
    from openapi_spec_validator.shortcuts import get_validator_cls
    from openapi_spec_validator.validation.exceptions import ValidatorDetectError
    from referencing.exceptions import Unresolvable

    handlers = Handlers(documents)
    try:
        root = documents[spec]
        path = SchemaPath.from_dict(root, base_uri=spec, handlers=handlers, resolved_cache_maxsize=128)
        validator: Any = get_validator_cls(root)(path)
        errors = sorted(_described(error, "#") for error in validator.schema_validator.iter_errors(root))
        if structure_only and not errors:
            return {"valid": None, "problem": "it is so large that only its structure was checked, and found valid"}
        if not errors:  # what is found now is placed within some schema, not within the document
            errors = [_described(error, "in a schema, ") for error in islice(validator.iter_errors(), 1)]
    except Unresolvable as error:
        if handlers.refused:
            return {"valid": None, "problem": "a reference leads outside the analysed folders"}
        return {"valid": False, "problem": f"the reference {error.ref} leads to nothing"[:_PROBLEM_LIMIT]}
    except ValidatorDetectError:
        return {"valid": None, "problem": "its version has no validator"}
    except RecursionError:
        return {"valid": None, "problem": "it nests or refers to itself too deeply for the validator"}
    except _MISHAPS as error:
        return {"valid": None, "problem": f"the validator failed with {type(error).__name__}"}
    return {"valid": not errors, "problem": errors[0] if errors else ""}


def _described(error: Any, base: str) -> str:
    """Where and what, without the values that stand there."""
    pointer = "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in error.absolute_path)
    place = f"{base}{pointer}: " if pointer else ""
    schema_path = [part for part in error.absolute_schema_path if isinstance(part, str)]
    keyword = error.validator if isinstance(error.validator, str) else schema_path[-1] if schema_path else ""
    if keyword in _NAMING_KEYWORDS or type(error).__name__ in _NAMING_ERRORS:
        what = str(error.message).partition("\n")[0]
    else:
        what = f"does not fit the specification's {keyword!r}" if keyword else "it is not what the specification allows"
    return f"{place}{what}"[:_PROBLEM_LIMIT]


def main() -> NoReturn:
    import openapi_spec_validator  # noqa: F401  # before the input is there: it takes the longest

    sys.addaudithook(refuse_network)
    for line in sys.stdin.buffer:
        job = json.loads(line)
        sys.stdout.write(json.dumps(verdict(job["documents"], job["spec"], job["structure_only"])) + "\n")
        sys.stdout.flush()
    sys.exit(0)


if __name__ == "__main__":
    main()
