"""What topoplan.yaml can say, as frozen values whose defaults are what an absent file means.

The types carry their bounds (`Range`, `OneOf`, `FilePath`), so that the loader, the published JSON Schema and these
classes cannot disagree: a test compares all three.
"""

from __future__ import annotations

import math
from typing import Annotated

from msgspec import Struct, field

from topoplan.model.plan import Technique
from topoplan.model.risk import Mode


class Range(Struct, frozen=True):
    """A number's bounds, both included unless `above` says that `low` itself is not allowed."""

    low: float
    high: float = math.inf
    above: bool = False

    def allows(self, number: float) -> bool:
        return (self.low < number if self.above else self.low <= number) and number <= self.high

    def __str__(self) -> str:
        low = f"above {self.low:g}" if self.above else f"{self.low:g} or more"
        return low if self.high == math.inf else f"{low} and at most {self.high:g}"


class OneOf(Struct, frozen=True):
    """The words a text may be; leaving the key out is always allowed."""

    words: tuple[str, ...]


class FilePath(Struct, frozen=True):
    """A path written relative to the folder of topoplan.yaml, kept here as a shown path."""


class IsoDate(Struct, frozen=True):
    """A day as `2026-12-31`; leaving the key out is always allowed."""


class Glob(Struct, frozen=True):
    """A gitignore pattern relative to the folder of topoplan.yaml, kept here relative to the folder paths are seen
    from."""


Share = Annotated[float, Range(0, 1)]
Cost = Annotated[float, Range(0, 100_000, above=True)]
Days = Annotated[int, Range(1, 36_500)]
Paths = tuple[Annotated[str, FilePath()], ...]


class ServiceSettings(Struct, frozen=True):
    """What the team says of one service, by its name. Empty means not said."""

    aliases: tuple[str, ...] = ()
    """Further names that mean this service: forces a join."""
    not_aliases: tuple[str, ...] = ()
    """Names that must never be joined to it."""
    kind: Annotated[str, OneOf(("service", "gateway", "datastore", "broker", "external"))] = ""
    owner: str = ""
    domain: str = ""
    """The part of the business or of the whole system that it belongs to."""
    criticality: Annotated[str, OneOf(("critical", "high", "medium", "low"))] = ""
    folders: Paths = ()
    """Where its code lives."""
    specs: Paths = ()
    """Its interface specifications."""
    repository: Annotated[str, FilePath()] = ""
    """Path of the git repository its folders lie in, when it is not the analysed one."""
    ignore: bool = False
    """Leave it and its boundaries out."""


class JourneySettings(Struct, frozen=True):
    services: tuple[str, ...] = ()
    entry: str = ""
    criticality: Annotated[str, OneOf(("money", "compliance", "high", "normal", "low"))] = "normal"


class HistorySettings(Struct, frozen=True):
    enabled: bool = True
    since_days: Days = 365
    half_life_days: Days = 90
    bots: tuple[str, ...] = ()
    """Further author-name patterns (globs) to leave out."""
    fix_words: tuple[str, ...] = ("fix", "bug", "hotfix", "revert", "regression")


class RiskSettings(Struct, frozen=True):
    mode_weights: dict[Mode, Share] = field(default_factory=dict)
    """Overrides of the default weight of a mode, each in [0, 1]."""
    money_fields: tuple[str, ...] = ()
    """Further field-name words that mean money, time or a unit."""


class TechniqueSettings(Struct, frozen=True):
    hours: Cost | None = None
    seconds: Cost | None = None
    effects: dict[Mode, Share] = field(default_factory=dict)


class PlanningSettings(Struct, frozen=True):
    min_value: Annotated[float, Range(0, 1)] = 0.02
    """Risk retired per hour below which a test is not recommended."""
    techniques: dict[Technique, TechniqueSettings] = field(default_factory=dict)
    pin: tuple[str, ...] = ()
    """Ids of tests, or globs, that every plan takes first."""
    exclude: tuple[str, ...] = ()
    """Ids of tests, or globs, that no plan takes."""


class ResultRule(Struct, frozen=True):
    """Which tests of a test report cover what. A pattern is a glob (`*Contract*`), or a regular expression between
    slashes (`/calls (?P<provider>[a-z]+)/`) that must be found somewhere; every pattern given must fit. Named groups
    may be used in `services`, `journey` and `operations` as `{provider}`."""

    suite: str = ""
    classname: str = ""
    name: str = ""
    file: str = ""
    properties: dict[str, str] = field(default_factory=dict)
    """Property name → pattern of its value."""
    technique: Annotated[str, OneOf(tuple(t.value for t in Technique))] = ""
    services: tuple[str, ...] = ()
    """Consumer and provider; for a slice all services in the order of the path."""
    journey: str = ""
    """Instead of services: a journey of this file."""
    operations: tuple[str, ...] = ()
    """`POST /orders`; `*`: all operations of the boundary. None: the tests do not tell."""


class CoverageSettings(Struct, frozen=True):
    max_age_days: Days | None = None
    """Evidence older than this, against the newest time in the inputs, is stale; absent: age alone makes none stale."""
    tests: tuple[ResultRule, ...] = ()
    """Tried in order; every rule that fits a test counts."""


class Suppression(Struct, frozen=True):
    """A gap that the team has decided to live with."""

    test: str = ""
    """Id of the recommended test, or a glob: `fault:gateway->*`."""
    operation: str = ""
    """Only this operation, or a glob; empty: all."""
    reason: str = ""
    until: Annotated[str, IsoDate()] = ""
    """Last day it holds; empty: without end."""


class GapSettings(Struct, frozen=True):
    fail_on: Annotated[str, OneOf(("high", "medium", "low", "none"))] = "high"
    fail_under: Annotated[float, Range(0, 100)] | None = None
    """Lowest risk-weighted coverage in per cent."""
    baseline: Annotated[str, FilePath()] = ""
    suppress: tuple[Suppression, ...] = ()


class Settings(Struct, frozen=True):
    """Everything topoplan.yaml can say; the defaults are what an absent file means."""

    system: str = ""
    exclude: tuple[Annotated[str, Glob()], ...] = ()
    """Globs (gitignore syntax) of files not to read."""
    main_files: Paths = ()
    profiles: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    importers: tuple[str, ...] = ()
    """Names of the importers to use; empty: all."""
    min_confidence: Annotated[str, OneOf(("high", "medium", "low"))] = "medium"
    validate_specs: bool = True
    source: bool = True
    """Read source code for the hosts and channels it names."""
    services: dict[str, ServiceSettings] = field(default_factory=dict)
    journeys: dict[str, JourneySettings] = field(default_factory=dict)
    history: HistorySettings = HistorySettings()
    risk: RiskSettings = RiskSettings()
    planning: PlanningSettings = PlanningSettings()
    coverage: CoverageSettings = CoverageSettings()
    gaps: GapSettings = GapSettings()
    path: str = ""
    """Shown path of the file these came from; empty for the defaults."""
