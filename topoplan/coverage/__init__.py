"""What the tests that exist really prove: checks to graded claims, claims to states of boundaries and operations."""

from topoplan.coverage.covering import cover

__all__ = ["cover"]
