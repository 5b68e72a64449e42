"""Run ``python -m rdds`` as the command ``rdds``."""

import sys

from rdds.cli import main

sys.exit(main())
