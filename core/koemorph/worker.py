"""`python -m koemorph.worker`: the name under which hosts of other makers start the process of `runtime.worker`."""

from .runtime.worker.__main__ import main

if __name__ == "__main__":
    main()
