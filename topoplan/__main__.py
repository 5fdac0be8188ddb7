"""`python -m topoplan`."""

import sys

from topoplan.cli import main

sys.exit(main())
