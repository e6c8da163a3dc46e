"""`python -m cnnpruner.cli`."""

import sys

from cnnpruner.cli import main

sys.exit(main())
