"""Scores every boundary: which failure, how likely, how bad. Pure functions of the topology and its history."""

from topoplan.risk.profiles import combined, profile

__all__ = ["combined", "profile"]
