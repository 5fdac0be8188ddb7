"""Outside services that programs reach through the vendor's own client, which knows the address by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from topoplan.model.facts import CallFact, NodeKind, Party, ServiceFact, Style
from topoplan.model.place import Basis, Confidence, Evidence, Where
from topoplan_importers.source.arguments import arguments
from topoplan_importers.source.scanner import Scan

_HOSTS = {
    "openai": "api.openai.com",
    "anthropic": "api.anthropic.com",
    "stripe": "api.stripe.com",
    "sendgrid": "api.sendgrid.com",
    "twilio": "api.twilio.com",
}
_CLIENT = re.compile(
    r"(?<!\w)(?:(?:Async)?(?P<a>OpenAI)|(?:Async)?(?P<b>Anthropic)|(?P<c>Stripe)(?:Client)?|(?P<d>SendGrid)(?:API)?Client"
    r"|(?P<e>Twilio)(?:RestClient)?|(?P<f>openai|anthropic|sendgrid|twilio)\.New\w{0,12}Client)\("
)
"""Constructors of official clients, for Python, JavaScript, .NET, Java and Go."""
_ELSEWHERE = re.compile(r"base_?url|end_?point|\bhost|api_?base|azure", re.IGNORECASE)
"""In the arguments: the client is sent to another address."""


def vendor_facts(scan: Scan) -> Iterator[ServiceFact | CallFact]:
    """What the clients that one file makes reach. The file must import the vendor's library: a class of a program's own
    may have the same name."""
    for match in _CLIENT.finditer(scan.code):
        vendor = next(text for text in match.groups() if text).lower()
        imported = re.search(
            rf"^.{{0,80}}\b(?:import|from|require|using|use)\b.{{0,120}}{vendor}", scan.code, re.I | re.M
        )
        given = arguments(scan.code, match.end() - 1)
        if (not imported and not match["f"]) or any(_ELSEWHERE.search(f"{key} {text}") for key, text in given):
            continue
        where = Where(scan.path, scan.line(match.start()))
        evidence = Evidence("source", where, Basis.DECLARED, Confidence.MEDIUM, "vendor-client", f"client of {vendor}")
        party = Party(_HOSTS[vendor], kind=NodeKind.EXTERNAL)
        yield ServiceFact(party, evidence, aliases=(vendor,))
        yield CallFact(Party("", path=scan.path), party, Style.SYNC, "http", evidence)


def is_of_interest(text: str) -> bool:
    """Whether a file may make such a client; much faster than to look for one."""
    return _CLIENT.search(text) is not None
