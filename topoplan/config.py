"""topoplan.yaml: what a team knows better than its files. Parsed once into frozen settings."""

from __future__ import annotations

from dataclasses import dataclass, field

from topoplan.model.risk import Mode
from topoplan.model.plan import Technique


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """What the team says of one service, by its name. Empty means not said."""

    aliases: tuple[str, ...] = ()
    """Further names that mean this service: forces a join."""
    not_aliases: tuple[str, ...] = ()
    """Names that must never be joined to it."""
    kind: str = ""
    owner: str = ""
    criticality: str = ""
    folders: tuple[str, ...] = ()
    """Where its code lives, relative to topoplan.yaml."""
    specs: tuple[str, ...] = ()
    repository: str = ""
    """Path of the git repository its folders lie in, when it is not the analysed one."""
    ignore: bool = False
    """Leave it and its boundaries out."""


@dataclass(frozen=True, slots=True)
class JourneySettings:
    services: tuple[str, ...] = ()
    entry: str = ""
    criticality: str = "normal"


@dataclass(frozen=True, slots=True)
class HistorySettings:
    enabled: bool = True
    since_days: int = 365
    half_life_days: int = 90
    bots: tuple[str, ...] = ()
    """Further author-name patterns (globs) to leave out."""
    fix_words: tuple[str, ...] = ("fix", "bug", "hotfix", "revert", "regression")


@dataclass(frozen=True, slots=True)
class RiskSettings:
    mode_weights: dict[Mode, float] = field(default_factory=dict)
    """Overrides of the default weight of a mode, each in [0, 1]."""
    money_fields: tuple[str, ...] = ()
    """Further field-name words that mean money, time or a unit."""


@dataclass(frozen=True, slots=True)
class TechniqueSettings:
    hours: float | None = None
    seconds: float | None = None
    effects: dict[Mode, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlanningSettings:
    min_value: float = 0.002
    """Risk retired per hour below which a test is not recommended."""
    techniques: dict[Technique, TechniqueSettings] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything topoplan.yaml can say; the defaults are what an absent file means."""

    system: str = ""
    exclude: tuple[str, ...] = ()
    """Globs (gitignore syntax) of files not to read."""
    main_files: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    importers: tuple[str, ...] = ()
    """Names of the importers to use; empty: all."""
    min_confidence: str = "low"
    validate_specs: bool = True
    services: dict[str, ServiceSettings] = field(default_factory=dict)
    journeys: dict[str, JourneySettings] = field(default_factory=dict)
    history: HistorySettings = HistorySettings()
    risk: RiskSettings = RiskSettings()
    planning: PlanningSettings = PlanningSettings()
    path: str = ""
    """Shown path of the file these came from; empty for the defaults."""
