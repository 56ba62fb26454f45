"""`python -m koemorph.panel`: the same as `koemorph panel`."""

import sys

from ..cli import main

sys.exit(main(["panel", *sys.argv[1:]]))
