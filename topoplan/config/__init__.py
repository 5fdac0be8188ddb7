"""topoplan.yaml: what a team knows better than its files. Read once, strictly, into frozen settings."""

from topoplan.config.loader import CONFIG_NAMES, find_config, load_settings
from topoplan.config.patterns import fit
from topoplan.config.settings import (
    CoverageSettings,
    GapSettings,
    HistorySettings,
    JourneySettings,
    PlanningSettings,
    ResultRule,
    RiskSettings,
    ServiceSettings,
    Settings,
    Suppression,
    TechniqueSettings,
)

__all__ = [
    "CONFIG_NAMES",
    "CoverageSettings",
    "GapSettings",
    "HistorySettings",
    "JourneySettings",
    "PlanningSettings",
    "ResultRule",
    "RiskSettings",
    "ServiceSettings",
    "Settings",
    "Suppression",
    "TechniqueSettings",
    "find_config",
    "fit",
    "load_settings",
]
