"""`topoplan`, and `python -m topoplan`."""

import os
import sys
from contextlib import suppress

from topoplan.cli import main


def program() -> None:
    """Run the command line and end the process with its exit code, at once: to take a large graph apart piece by piece
    before helps nobody. Only where somebody traces or profiles the run, Python ends as it does."""
    code = main()
    if sys.gettrace() is None and sys.getprofile() is None:
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError, AttributeError):  # main has told what could not be written
                stream.flush()
        os._exit(code)
    sys.exit(code)


if __name__ == "__main__":
    program()
