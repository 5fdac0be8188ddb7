"""Turns the settings of one application into calls, each with its place, its rule and how far it can be trusted.

What holds in every profile comes first. A profile adds what it names only where the main settings name nobody or the
developer's own machine; where both name somebody, the profile's is a variant and of low confidence.
"""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from topoplan.model.facts import CallFact, NodeKind, Party, Style
from topoplan.model.place import Basis, Confidence, Evidence
from topoplan.model.text import clean
from topoplan_importers import technologies
from topoplan_importers.appconfig.keys import Reading, product_of, reading_of
from topoplan_importers.appconfig.recognise import Dialect
from topoplan_importers.hosts import is_ip, is_loopback, is_placeholder, is_public
from topoplan_importers.parties import outside, protocol
from topoplan_importers.settings import Setting, fill
from topoplan_importers.technologies import Technology
from topoplan_importers.variables import Purpose, Reference, names_host, purpose_of, references, words_of
from topoplan_importers.vocabulary import words

NAME = "appconfig"

_TEST_PROFILES = words("test tests it ci unittest integration e2e mock mocks wiremock citest testing integrationtest")
_OWN_MACHINE = words("dev local development debug localhost")
_LIVE = "%prod"
"""The profile in which a packaged Quarkus application runs: it is what holds, not a variant."""
_NAMED = re.compile(
    r"(?P<ribbon>[\w-]+)\.ribbon\.listOfServers|(?:spring\.cloud\.(?:open)?)?feign\.client\.config\.(?P<feign>[\w-]+)\.|"
    r"spring\.cloud\.discovery\.client\.simple\.instances\.(?P<simple>[\w-]+)\[|"
    r"quarkus\.stork\.\"?(?P<stork>[\w-]+)\"?\.|micronaut\.http\.services\.(?P<micronaut>[\w-]+)\.",
    re.IGNORECASE,
)
_ASKS_SERVER = re.compile(r"spring\.(?:config\.import|cloud\.config\.(?!server\.|enabled$))")
_OWN_PORT = re.compile(r"server\.port|quarkus\.http\.port|micronaut\.server\.port")
_SCHEME = re.compile(r"\s*(?:(?:jdbc|r2dbc|pool):)*([a-z][a-z0-9]{1,30})(?:\+\w+)?:(?://|thin:)", re.IGNORECASE)
_TEMPLATE = re.compile(r"\$\{|\{\{|\$\(|%\w+%|#\{|<\w+>")
_SECRETIVE = re.compile(r"[@/=?&]")  # a key that is a URL or a whole line may hold a password
_HOST_LAST = words("host hostname hosts address addr server url uri endpoint baseurl")


class Application(Struct):
    """The settings of one application, from one file or a family of them."""

    consumer: Party
    dialect: Dialect
    settings: list[Setting]

    @property
    def server_setting(self) -> Setting | None:
        """The first setting by which it asks a configuration server; None where it asks none."""
        if self.dialect is not Dialect.FRAMEWORK:
            return None
        return next((s for s in self.settings if _ASKS_SERVER.match(s.key)), None)

    @property
    def ports(self) -> frozenset[int]:
        """Ports it says it listens on."""
        told = (fill(s.value, {}) for s in self.settings if _OWN_PORT.fullmatch(s.key))
        return frozenset(int(port) for port in told if _is_port(port))


def calls_of(application: Application, listeners: Mapping[int, Party]) -> Iterator[CallFact]:
    """All calls of one application. `listeners` are the applications of the analysed files by the port that only one
    of them listens on."""
    main = {s.key: s.value for s in application.settings if not s.profile}
    live = {s.key for s in application.settings if s.profile == _LIVE and s.key in main}
    answered = {
        s.key
        for s in application.settings
        if not s.profile and s.key not in live and any(_is_remote(r) for r in references(s.key, fill(s.value, main)))
    }
    profiled: dict[str, ChainMap[str, str]] = {}
    for setting in application.settings:
        profiled.setdefault(setting.profile, ChainMap({}, main))[setting.key] = setting.value
    for setting in application.settings:
        profiles = set(re.split(r"[,\s|&]+", setting.profile.lstrip("%")))
        if profiles & _TEST_PROFILES or (not setting.profile and setting.key in live):
            continue
        variant = bool(setting.profile) and (setting.key in answered or bool(profiles & _OWN_MACHINE))
        values = profiled[setting.profile]
        reader = _Reader(application, replace(setting, value=fill(setting.value, values)), values, variant, listeners)
        yield from reader.calls()


class _Reader(Struct, frozen=True):
    """One setting, filled in, and what is known beside it."""

    application: Application
    setting: Setting
    values: Mapping[str, str]
    variant: bool
    listeners: Mapping[int, Party]

    def calls(self) -> Iterator[CallFact]:
        """The calls this setting stands for."""
        key = self.setting.key
        if self.application.dialect in (Dialect.FRAMEWORK, Dialect.SHARED):
            named = _NAMED.match(key)
            name = next((n for n in named.groups() if n), "") if named else ""
            if name and name != "default":
                trust = Confidence.MEDIUM
                yield self._call(Party(clean(name)), Style.SYNC, "http", trust, "client-key", name)
        reading = reading_of(key)
        if reading is Reading.NONE:
            return
        found = False
        for reference in self._references(reading):
            found = True
            yield from self._reference(reference, reading)
        if not found and reading is Reading.CALL:
            yield from self._unfilled()

    def _references(self, reading: Reading) -> Iterator[Reference]:
        key, value = self.setting.key, self.setting.value
        for reference in references(key, value):
            if reference.shown and reading is not Reading.AUTH:
                continue
            if reference.address.bare and (product_of(key) is None and not _asks_for_host(key)):
                continue
            yield self._with_port(reference)

    def _with_port(self, reference: Reference) -> Reference:
        """A bare host completed by the `port` beside it."""
        if not reference.address.bare:
            return reference
        beside = re.sub(r"(?i)(host|hostname|address|server)$", "port", self.setting.key)
        port = self.values.get(beside, "")
        port = fill(port, self.values)
        if not _is_port(port):
            return reference
        return replace(reference, address=replace(reference.address, port=int(port)))

    def _reference(self, reference: Reference, reading: Reading) -> Iterator[CallFact]:
        address = reference.address
        product = product_of(self.setting.key) or technologies.by_scheme(address.scheme)
        product = product or (technologies.by_port(address.port) if not address.scheme else None)
        if is_loopback(address.host):
            yield from self._local(reference, product, reading)
            return
        if is_ip(address.host) and reading is Reading.CALL and product is not None and product.kind is not None:
            yield self._stand_in(product)
            return
        if is_ip(address.host) or is_placeholder(address.host) or _TEMPLATE.search(address.host):
            return
        beside = technologies.by_name(address.host)
        if beside is not None and beside.infrastructure:
            reading, product = Reading.COORDINATION, None
        trust = self._trust(reference, reading, product)
        if reading is Reading.AUTH or reading is Reading.COORDINATION:
            if not is_public(address.host):
                yield self._call(Party(clean(address.host)), Style.SYNC, "http", trust, reading.value, address.host)
            return
        beyond = outside(reference)
        if beyond is not None and beyond.party.kind is not NodeKind.EXTERNAL and product is None:
            yield self._call(beyond.party, beyond.style, beyond.protocol, trust, "address", address.host)
        elif beyond is not None and beyond.party.kind is NodeKind.EXTERNAL:
            yield self._call(beyond.party, beyond.style, beyond.protocol, trust, "public-address", address.host)
        elif product is not None and product.kind is not None:
            party = Party(clean(address.host), "", product.kind, product.name)
            yield self._call(party, Style.RESOURCE, product.protocol, trust, "resource", address.host)
        else:
            spoken = protocol(reference, product, resource=False)
            yield self._call(Party(clean(address.host)), Style.SYNC, spoken, trust, "host", address.host)

    def _local(self, reference: Reference, product: Technology | None, reading: Reading) -> Iterator[CallFact]:
        """The developer's own machine: a store or broker of a known product, or the application on that port."""
        if reading is not Reading.CALL:
            return
        if product is not None and product.kind is not None:
            yield self._stand_in(product)
            return
        listener = self.listeners.get(reference.address.port)
        if listener is not None and listener != self.application.consumer:
            spoken = protocol(reference, None, resource=False)
            yield self._call(listener, Style.SYNC, spoken, Confidence.MEDIUM, "local-port", "an application's port")

    def _unfilled(self) -> Iterator[CallFact]:
        """An address that is given from outside: what is known of it is the product, from key or scheme."""
        key, value = self.setting.key, self.setting.value
        if not _TEMPLATE.search(value) or purpose_of(key) is not Purpose.CALL or not names_host(key):
            return
        scheme = _SCHEME.match(value)
        product = product_of(key) or (technologies.by_scheme(scheme[1].lower()) if scheme else None)
        if product is not None and product.kind is not None:
            yield self._stand_in(product)

    def _stand_in(self, product: Technology) -> CallFact:
        """A call to whatever plays this product for the application."""
        party = Party(product.name, "", product.kind, product.name)
        return self._call(party, Style.RESOURCE, product.protocol, Confidence.MEDIUM, "product", product.name)

    def _trust(self, reference: Reference, reading: Reading, product: Technology | None) -> Confidence:
        public = is_public(reference.address.host)
        framework = self.application.dialect in (Dialect.FRAMEWORK, Dialect.SHARED)
        if reading is Reading.COORDINATION or (public and not (framework and reference.hostlike)):
            return Confidence.LOW
        if public or reading is Reading.AUTH or not framework:
            return Confidence.MEDIUM
        return Confidence.HIGH if reference.address.scheme or product is not None else Confidence.MEDIUM

    def _call(self, provider: Party, style: Style, spoken: str, trust: Confidence, rule: str, named: str) -> CallFact:
        if self.variant:
            trust = Confidence.LOW
        elif self.setting.profile and self.setting.profile != _LIVE:
            trust = min(trust, Confidence.MEDIUM, key=lambda c: c.rank)
        key = "a setting" if _SECRETIVE.search(self.setting.key) else self.setting.key
        detail = clean(f"{key} names {named}", 200)
        evidence = Evidence(NAME, self.setting.where, Basis.DECLARED, trust, rule, detail)
        consumer = self.application.consumer
        if consumer.path:
            consumer = replace(consumer, path=self.setting.where.path)
        return CallFact(consumer, provider, style, spoken, evidence)


def _is_remote(reference: Reference) -> bool:
    return not is_loopback(reference.address.host) and not _TEMPLATE.search(reference.address.host)


def _asks_for_host(key: str) -> bool:
    """Whether the last word of a key asks for a host, so that one bare word is a name worth looking up."""
    last = [w for w in words_of(key) if not w.isdigit()][-1:]
    return bool(last) and last[0] in _HOST_LAST


def _is_port(value: str) -> bool:
    return value.isascii() and value.isdecimal() and len(value) <= 5
