"""`python -m chinwag` is `chinwag`."""

import sys

from chinwag.cli import main

sys.exit(main())
