"""Runs the real command line in a process of its own."""

import os
import subprocess
import sys
from itertools import count
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHOP = ROOT / "specs" / "shop"
_RUNS = count()


def topoplan(
    *arguments: str | Path, cwd: Path = ROOT, seed: str = "0", timeout: float = 60, **environment: str
) -> subprocess.CompletedProcess[str]:
    """The finished process of `topoplan ARGUMENTS`, without colour, and with no cache but that of the tests where they
    have one. Each run is in an environment of its own, so that none is answered from memory."""
    variables = {
        "PATH": os.environ["PATH"],
        "PYTHONHASHSEED": seed,
        "PYTHONUTF8": "1",
        "NO_COLOR": "1",
        "HOME": "/nonexistent",
        "TOPOPLAN_CACHE_DIR": os.environ.get("TOPOPLAN_CACHE_DIR", ""),
        "TEST_RUN": f"{os.getpid()}-{next(_RUNS)}",
        **environment,
    }
    command = [sys.executable, "-m", "topoplan", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, env=variables, capture_output=True, text=True, timeout=timeout, check=False)
