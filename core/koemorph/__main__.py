"""`python -m koemorph` is the command line."""

from .cli import main

raise SystemExit(main())
