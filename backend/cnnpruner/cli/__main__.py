"""Runs the `cnnpruner` command as `python -m cnnpruner.cli`."""

import sys

from cnnpruner.cli import main

sys.exit(main())
