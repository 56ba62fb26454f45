"""`python -m koemorph.hosts`: what is said on a link, as JSON Schema, for hosts of others."""

import json
import sys

from ..runtime.schema import schema
from .messages import LINK

if __name__ == "__main__":
    sys.stdout.write(json.dumps(schema("KoeMorph's link", LINK), indent=2) + "\n")
