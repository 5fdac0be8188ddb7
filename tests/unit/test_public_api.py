"""What `import topoplan` offers, and what it does not cost."""

import subprocess
import sys

import pytest
from running import ROOT

import topoplan


def test_every_public_name_is_there() -> None:
    for name in topoplan.__all__:
        assert getattr(topoplan, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = topoplan.nothing


def test_importing_topoplan_imports_nothing_else() -> None:
    code = (
        "import topoplan, sys; print([m for m in sys.modules if m.startswith('topoplan.') or m in ('yaml', 'click')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_report_from_python() -> None:
    report = topoplan.analyse(topoplan.Request(paths=("specs/shop",), base=str(ROOT)))
    assert report.system == "shop"
    assert len(report.topology.boundaries) == len(report.profiles)
