"""`python -m nbkit`: the same commands, where no script is on the PATH."""

import sys

from nbkit.cli import main

sys.exit(main())
