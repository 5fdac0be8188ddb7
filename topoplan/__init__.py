"""topoplan: test-topology planner and coverage analyzer for microservice systems."""
__version__ = "0.1.0"
