"""`topoplan fetch`: recorded traffic and contracts from a server into files. No other command touches the network."""

from __future__ import annotations

import re

import click

_KINDS = ["jaeger", "zipkin", "kiali", "pact-broker"]
_SECONDS = {"m": 60, "h": 3600, "d": 86_400}
_LONGEST = 31 * 86_400


def _lookback(text: str) -> int:
    """A span of time such as `1h`, in seconds. Raises click.BadParameter."""
    match = re.fullmatch(r"([0-9]{1,6})([mhd])", text)
    seconds = int(match[1]) * _SECONDS[match[2]] if match else 0
    if not 1 <= seconds <= _LONGEST:
        raise click.BadParameter(f"{text!r} is no span of time up to 31d: write 30m, 1h or 7d")
    return seconds


@click.command()
@click.argument("kind", type=click.Choice(_KINDS), metavar="|".join(_KINDS))
@click.argument("url")
@click.option("-o", "--output", default="fetched", metavar="FOLDER", help="Where to write.  [default: fetched]")
@click.option("--lookback", type=_lookback, default="1h", metavar="PERIOD", help="30m, 1h, 7d.  [default: 1h]")
@click.option(
    "--limit",
    type=click.IntRange(1, 100_000),
    default=200,
    metavar="N",
    help="Most traces, in Jaeger of each service.  [default: 200]",
)
@click.option(
    "--service", "services", multiple=True, metavar="NAME", help="Jaeger, pact broker: this service only (repeatable)."
)
@click.option(
    "--namespace", "namespaces", multiple=True, metavar="NAME", help="Kiali: this namespace only (repeatable)."
)
@click.option("--token-env", metavar="NAME", help="Environment variable that holds an access token.")
@click.option(
    "--timeout",
    type=click.IntRange(1, 3600),
    default=120,
    metavar="SECONDS",
    help="Give up after this time in all.  [default: 120]",
)
def fetch(
    kind: str, url: str, output: str, lookback: int, limit: int, services: tuple[str, ...],
    namespaces: tuple[str, ...], token_env: str | None, timeout: int,
) -> None:  # fmt: skip
    """Download recorded traffic, or the contracts of a pact broker, from a server at URL, to be analysed afterwards.

    The server is asked with GET only. Files come out whole or not at all; no other command touches the network. Then
    give the folder to analyze, beside the others. A pact broker is asked with PACT_BROKER_TOKEN, or with
    PACT_BROKER_USERNAME and PACT_BROKER_PASSWORD, where these are set.
    """
    import os
    import time
    from pathlib import Path

    from topoplan.cli.diagnostics import say
    from topoplan.errors import OutputError
    from topoplan.fetching import Client, Query, credentials, download
    from topoplan.reporting.files import replacing

    query = Query(time.time_ns() // 1_000_000, lookback, limit, services, namespaces)
    token, user = credentials(os.environ) if kind == "pact-broker" and token_env is None else (_token(token_env), "")
    files = download(kind, Client(url, token, timeout, user), query)
    folder = Path(output)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a usable path"
        raise OutputError(f"cannot be made: {reason}", slug="output-failed", where=output) from None
    for file in files:
        path = folder / file.name
        with replacing(str(path)) as stream:
            stream.write(file.content)
        say(f"wrote {path}: {file.holds}")


def _token(variable: str | None) -> str:
    """The value of the variable named. Raises UsageError `fetch-token` where there is none."""
    import os

    from topoplan.errors import UsageError

    if variable is None:
        return ""
    token = os.environ.get(variable, "").strip()
    if not token:
        hint = "--token-env takes the name of a variable, not the token"
        raise UsageError("the variable of --token-env is not set", slug="fetch-token", hint=hint)
    return token
