"""The hosts that source code names, with the rule that says so and how far it can be trusted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from topoplan.model.facts import CallFact, NodeKind, Party, Style
from topoplan.model.place import Basis, Confidence, Evidence, Where
from topoplan.model.text import clean
from topoplan_importers import technologies
from topoplan_importers.addresses import Address, find_addresses
from topoplan_importers.dapr import HEADER, invoked_app
from topoplan_importers.hosts import is_ip, is_loopback, is_placeholder, is_public
from topoplan_importers.source.scanner import Literal, Scan
from topoplan_importers.variables import Purpose, names_host, purpose_of, words_of
from topoplan_importers.vocabulary import words

IMPORTER = "source"
_BEFORE = 160
"""Characters before a literal that say what it is for."""
_MOST = 200
"""Calls taken from one file."""

HIGH, MEDIUM, LOW = Confidence.HIGH, Confidence.MEDIUM, Confidence.LOW
Resolve = Callable[[str], tuple[str, ...]]

INTEREST = re.compile(
    r"://|['\"`][A-Za-z][\w.-]{0,80}:\d{2,5}\b|[gG]et_?[eE]nv|GET_?ENV|environ|ENV[.\[]|process\.env|EnvironmentVar"
    r"|@Value|@FeignClient|@GrpcClient|@RegisterRestClient|@HttpExchange|@Client\b|[hH]ost|[aA]ddr|[cC]lient|[cC]onnect"
    r"|[cC]hannel|[iI]nstances|[iI]nvoke|dapr|discovery|dial|Dial"
)
"""A file without any of this names nobody."""

_NAME = r"[a-z][a-z0-9]*(?:[-_.][a-z0-9]+)*"
_BARE = re.compile(rf"{_NAME}\Z", re.IGNORECASE)
_SEVERAL_WORDS = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+){1,6}\Z")
_HOST_PORT = re.compile(rf"(?P<host>{_NAME}):(?P<port>\d{{2,5}})(?:/\S*)?\Z", re.IGNORECASE)
_PLACEHOLDERS = re.compile(r"(?<=[a-z0-9])(?:%[sdv]|\$?\{[^{}]*\})(?=[:/?]|\Z)")
_SETTING = re.compile(r"\$\{([\w.-]{2,120}):([^{}]*)\}")
_FALLBACK = re.compile(
    r"""(?:["'](?P<quoted>[A-Za-z][\w.:-]{1,80})["']\s*[)\]]*\s*(?:,|\|\||\?\?|\?:|\bor\b|==\s*(?:null|nil|None)\s*\?)"""
    r"""|\benv\.(?P<member>[A-Za-z]\w{1,80})\s*(?:\|\||\?\?|:)"""
    r"""|["'](?P<chained>[A-Za-z][\w.:-]{1,80})["']\s*\)\s*[.?]{0,2}\s*(?:orElse|unwrap_or|getOrElse)\w*\()"""
    r"""\s*(?:\w+\()?\s*\Z"""
)
_UNLESS_SET = re.compile(r"""\s*if\s*\(?\s*(?:not\s+)?os\.(?:environ\.get\(|getenv\()\s*["'](?P<name>\w{2,80})["']""")
"""Python's `"orders" if os.environ.get("ORDERS_HOST") is None else …`, behind the literal."""
_READS_SETTING = re.compile(r"[eE]nv|ENV|[gG]et|[cC]onfig|[pP]ropert|[sS]etting|[vV]alue|[fF]lag|[vV]iper|[lL]ookup")
_ASSIGNS = re.compile(r"(?::=|=>|=|:|\()\s*(?:new\s+\w{1,40}\(|&)?\s*[fbru@$]{0,2}\Z")
_NAMED = re.compile(r"""([A-Za-z_][\w.:-]{0,80})(?:<[\w<>, ?.]{0,80}>)?["']?\s*\Z""")
_BRACKETS = re.compile(r"[()]")
_SKIPPED_LINE = re.compile(
    r"""^\s*(?:import|from|using|package|require|include|#include|namespace|module|"""
    r"""@(?:see|link|param|Api\w*|Operation|"""
    r"""Schema|Tag|Parameter|RequestMapping|GetMapping|PostMapping|PutMapping|DeleteMapping|Path|CrossOrigin))\b"""
    r"""|\brequire\s*\(?\s*\Z"""
)
_SAYS = words(
    "log logger console print println printf fprintf puts echo warn warning info debug error fatal trace throw raise",
    "exception assert assertthat assertequals expect describe it should message todo fail cors",
)
_SHOWS = words("href src xmlns xsi rel action content namespace link license homepage contact origin")
_NO_CALL = words("file php classpath jar data about git ssh s3 gs chrome android content app res urn tag oci")
"""Schemes of URLs that name no host one speaks to."""
_HOST_KEYS = words("host hostname addr address authority hosts addrs domain")
_NEVER_HOST = words(
    "true false null none undefined string default name value root guest admin password localhost any all post get",
    "tcp udp dapr-app-id",
)
_HANDS_OVER = words(
    "client clients connect connection channel dial pool socket proxy discovery instances instance invoke remote",
    "upstream endpoint uri url host hostname addr address lookup resolve rpc stub request fetch http rest peer backend",
    "balancer",
)
_REGISTERS = words(
    "with register registers registration id secret scope metric metrics gauge counter timer label tag tags key"
)
"""Words of a call that defines a client or a figure of this name, rather than calling it."""
_PORT_AFTER = re.compile(r"\s*(?:(?:\+|\.\.|\.)\s*[\w.]+\s*)?,\s*(?:[A-Za-z_]*[pP]ort\w*|[89]\d|\d{3,5})\s*[,)]")
_SECTION = re.compile(r"""\s*\]\s*\[\s*["'](?:addr|address|host|hostname|url|uri|endpoint|baseUrl|base_url)["']\s*\]""")
_JOINED = re.compile(r"\s*(?:\+|\.\.|\.|<<|,)\s*(?:[\"'](?P<text>[\w.-]{2,80})[\"']|(?P<name>[A-Za-z_$][\w.$]*))")
_CLIENT = re.compile(
    r"@(?P<kind>FeignClient|GrpcClient|RegisterRestClient|HttpExchange|ReactiveFeignClient|Client|RibbonClient)"
    r"\s*\((?P<args>[^()]{1,400})\)"
)
_PARAMETER = re.compile(r"""(?:(?P<key>\w+)\s*=\s*)?(?:"(?P<text>[^"]{1,200})"|(?P<name>[A-Za-z_][\w.]*))""")
_CLIENT_NAMES = words("value name serviceId configKey id contextId")
_TAKES_NAME = words(
    "getinstances get_instances choose getnextserverfromeureka getinstancebyid getapplication invokemethod",
    "invokemethodasync invokemethodwithcontent invokemethodgrpcasync createinvokehttpclient createinvokablehttpclient",
    "invoke_method invokeservice callservice call_service servicecall fortarget foraddress insecure_channel",
    "secure_channel dial dialcontext hostname servicename getserviceurl get_service_url",
)
"""Functions, in lower case, that take the name of the service to call."""
_APP_ID_OF = re.compile(rf"""{HEADER}["'`]\]?\s*[,:=]\s*\Z""", re.IGNORECASE)
_APP_ID_NAMED = re.compile(rf"""{HEADER}["'`]\]?\s*[,:=]\s*(?:`\$\{{)?(?P<name>[A-Za-z_$][\w.$]*)""", re.IGNORECASE)
_ENDS_FALLBACK = (",", "|", "?", ":", "(", "or")


class _Said(Struct, frozen=True):
    """One host, as a rule found it."""

    address: Address
    rule: str
    confidence: Confidence
    offset: int


def calls(scan: Scan, resolve: Resolve) -> tuple[CallFact, ...]:
    """The calls that the code of one file names, each provider and rule once."""
    found: dict[tuple[str, str], CallFact] = {}
    for said in _all(scan, resolve):
        fact = _fact(said, scan)
        if fact is not None and len(found) < _MOST:
            found.setdefault((fact.provider.name, said.rule), fact)
    return tuple(found.values())


def _all(scan: Scan, resolve: Resolve) -> Iterator[_Said]:
    annotated: set[int] = set()
    for match in _CLIENT.finditer(scan.code):
        annotated |= set(range(match.start(), match.end()))
        yield from _annotated(match, resolve)
    for match in _APP_ID_NAMED.finditer(scan.code):
        for app in resolve(match["name"]):
            if _BARE.match(app):
                yield _Said(Address(app.lower(), 0, "http"), "dapr-invoke", HIGH, match.start())
    for literal in scan.literals:
        if len(literal.text) >= 2 and literal.start not in annotated:
            yield from _Literal(scan, literal, resolve).hosts()


def _annotated(match: re.Match[str], resolve: Resolve) -> Iterator[_Said]:
    """The service a declared client calls: by address where it gives one, else by name."""
    given: dict[str, str] = {}
    for part in _PARAMETER.finditer(match["args"]):
        values = (part["text"],) if part["text"] else resolve(part["name"] or "")
        if len(values) == 1:
            given.setdefault(part["key"] or "value", values[0])
    address = next((given[k] for k in ("url", "baseUri", "baseUrl") if k in given), "")
    if match["kind"] == "HttpExchange" and "://" in given.get("value", ""):
        address = given["value"]
    told = [found for found in find_addresses(_SETTING.sub(r"\2", address)) if not found.bare]
    for found in told:
        yield _Said(found, "client-annotation", HIGH, match.start())
    if address and not all(is_loopback(found.host) for found in told):  # the developer's own machine is nobody's name
        return
    if match["kind"] == "HttpExchange":
        return
    for key in sorted(_CLIENT_NAMES & given.keys()):
        name = _SETTING.sub(r"\2", given[key]).removeprefix("http://").removeprefix("https://").rstrip("/")
        if _BARE.match(name):
            sure = match["kind"] in ("FeignClient", "ReactiveFeignClient")
            yield _Said(Address(name.lower(), 0, "http"), "client-annotation", HIGH if sure else MEDIUM, match.start())


class _Literal:
    """One string literal and what stands around it."""

    def __init__(self, scan: Scan, literal: Literal, resolve: Resolve) -> None:
        self._literal = literal
        self._resolve = resolve
        self._text = literal.text.strip()
        self._before = scan.code[max(0, literal.start - _BEFORE) : literal.start]
        self._after = scan.code[literal.end : literal.end + 80]
        self._line = self._before.rpartition("\n")[2]

    def hosts(self) -> Iterator[_Said]:
        """What this literal says, by the first rule that fits."""
        if not self._text or _SKIPPED_LINE.search(self._line):
            return
        if invoked := invoked_app(self._text):
            yield self._said(Address(invoked, 0, "http"), "dapr-invoke", HIGH)
            return
        fallback = self._fallback()
        if fallback:
            yield from self._under(fallback, self._text)
            return
        for setting in _SETTING.finditer(self._text) if "${" in self._text else ():
            yield from self._under(setting[1], setting[2])
        if "://" in self._text:
            yield from self._url()
        elif " " not in self._text and (pair := _HOST_PORT.match(self._text)):
            yield from self._pair(pair["host"].lower(), int(pair["port"]))
        elif _BARE.match(self._text) and self._text.lower() not in _NEVER_HOST:
            yield from self._bare()

    def _said(self, address: Address, rule: str, confidence: Confidence) -> _Said:
        return _Said(address, rule, confidence, self._literal.start)

    def _fallback(self) -> str:
        """The setting whose default this literal is; empty when it is none."""
        if behind := _UNLESS_SET.match(self._after):
            return behind["name"]
        near = self._before[-120:]
        match = _FALLBACK.search(near) if near.rstrip().endswith(_ENDS_FALLBACK) else None
        if not match:
            return ""
        name = match["quoted"] or match["member"] or match["chained"]
        reads = match["member"] or _READS_SETTING.search(near[max(0, match.start() - 40) : match.start()])
        return name if reads else ""

    def _under(self, name: str, value: str) -> Iterator[_Said]:
        """An address that a setting of this name has unless told otherwise."""
        if purpose_of(name) is not Purpose.CALL:
            return
        for address in find_addresses(_PLACEHOLDERS.sub("", value)):
            if not address.bare:
                yield self._said(address, "setting-default", HIGH)
            elif names_host(name) and _BARE.match(value.strip()) and address.host not in _NEVER_HOST:
                yield self._said(address, "setting-default", MEDIUM)

    @cached_property
    def _key(self) -> str:
        """The name this literal is given to: of a variable, a field, an argument or a function."""
        near = self._before[-60:]
        assigns = _ASSIGNS.search(near)
        return _last_name(near[: assigns.start()]) if assigns else ""

    @cached_property
    def _callee(self) -> str:
        """The function whose argument this literal is."""
        depth = 0
        for bracket in reversed(list(_BRACKETS.finditer(self._before))):
            depth += 1 if bracket[0] == ")" else -1
            if depth < 0:
                return _last_name(self._before[max(0, bracket.start() - 60) : bracket.start()])
        return ""

    @property
    def _is_first(self) -> bool:
        """Whether no other literal of the same call stands before this one."""
        return bool(self._callee) and not re.search(r"[\"'`]", self._before.rpartition(self._callee)[2])

    def _is_said(self) -> bool:
        """Whether it is only said to people or handed to browsers."""
        last = words_of(self._key)[-1:]
        return bool(
            _SAYS.intersection(words_of(self._callee))
            or _SHOWS.intersection(last)
            or purpose_of(self._key) is not Purpose.CALL
            or re.search(r"\b(?:throw|raise)\b", self._line)
        )

    def _url(self) -> Iterator[_Said]:
        text = self._text
        if re.search(r"\s", text.partition("://")[0]) or self._is_said():
            return
        if "@" in self._after.partition("\n")[0] and "@" not in text:  # what is here is a user name, the host follows
            return
        if text.endswith("://"):
            yield from self._joined(text[:-3])
            return
        cut = _PLACEHOLDERS.sub("", text)
        for address in find_addresses(cut):
            if address.scheme and address.scheme not in _NO_CALL:
                yield self._said(address, "url", MEDIUM if cut != text and not address.port else HIGH)

    def _joined(self, scheme: str) -> Iterator[_Said]:
        """`"http://" + HOST + "/…"`."""
        match = _JOINED.match(self._after)
        if match:
            for value in (match["text"],) if match["text"] else self._resolve(match["name"]):
                for address in find_addresses(f"{scheme}://{value}"):
                    yield self._said(address, "url", MEDIUM)

    def _pair(self, host: str, port: int) -> Iterator[_Said]:
        if port >= 80 and not self._is_said() and not is_file_like(host):
            key = self._key or self._callee
            known = names_host(key) or bool(_HANDS_OVER.intersection(words_of(key)))
            yield self._said(Address(host, port), "host-port", HIGH if known else MEDIUM)

    def _bare(self) -> Iterator[_Said]:
        address = Address(self._text.lower())
        if _SECTION.match(self._after):
            yield self._said(address, "configuration-section", MEDIUM)
            return
        rule, confidence = self._named_by()
        if rule and not self._is_said():
            yield self._said(address, rule, confidence)

    def _named_by(self) -> tuple[str, Confidence]:
        """The rule by which a lone word here is a host's name; empty when there is none."""
        called = self._callee.lower()
        if _APP_ID_OF.search(self._before):
            return "dapr-invoke", HIGH
        if self._is_first and (called == "grpc.newclient" or re.split(r"[.:]", called)[-1] in _TAKES_NAME):
            return "client-call", MEDIUM
        if words_of(self._key)[-1:] and words_of(self._key)[-1] in _HOST_KEYS:
            return "host-key", MEDIUM
        callee = words_of(self._callee)[-3:]
        hands_over = bool(_HANDS_OVER.intersection(callee)) and not _REGISTERS.intersection(callee)
        if hands_over and _PORT_AFTER.match(self._after):
            return "client-call", MEDIUM
        if _SEVERAL_WORDS.match(self._text) and self._before.rstrip().endswith(("(", ",")):
            return "name-literal", MEDIUM if hands_over else LOW
        return "", LOW


def _last_name(text: str) -> str:
    """The name that ends a piece of code."""
    match = _NAMED.search(text)
    return match[1] if match else ""


def is_file_like(host: str) -> bool:
    """Whether a name before a colon is that of a file (`main.go:42`)."""
    return (
        "." in host and not is_public(host) and host.rpartition(".")[2] in words("go py js ts java cs rb php c cpp h")
    )


def _fact(said: _Said, scan: Scan) -> CallFact | None:
    address = replace(said.address, host=said.address.host.rstrip("."))
    host = address.host
    if is_loopback(host) or is_ip(host) or is_placeholder(host) or host in _NEVER_HOST:
        return None
    confidence, kind = said.confidence, None
    if is_public(host):
        if said.rule not in ("setting-default", "client-annotation") and not host.startswith("api."):
            return None
        confidence, kind = MEDIUM, NodeKind.EXTERNAL
    return CallFact(
        Party("", path=scan.path),
        Party(clean(host), kind=kind),
        Style.SYNC,
        technologies.call_protocol(address.scheme, address.port),
        Evidence(IMPORTER, Where(scan.path, scan.line(said.offset)), Basis.DECLARED, confidence, said.rule),
    )
