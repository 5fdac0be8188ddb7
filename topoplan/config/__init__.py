"""topoplan.yaml: what a team knows better than its files. Read once, strictly, into frozen settings."""

from topoplan.config.loader import CONFIG_NAMES, find_config, load_settings
from topoplan.config.settings import (
    HistorySettings,
    JourneySettings,
    PlanningSettings,
    RiskSettings,
    ServiceSettings,
    Settings,
    TechniqueSettings,
)

__all__ = [
    "CONFIG_NAMES",
    "HistorySettings",
    "JourneySettings",
    "PlanningSettings",
    "RiskSettings",
    "ServiceSettings",
    "Settings",
    "TechniqueSettings",
    "find_config",
    "load_settings",
]
