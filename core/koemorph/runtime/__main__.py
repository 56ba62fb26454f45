"""`python -m koemorph.runtime`: what is said to and by the worker, as JSON Schema, for programs of others."""

import json
import sys

from .messages import EVENTS, REQUESTS
from .schema import schema

if __name__ == "__main__":
    told = {"requests": schema("To KoeMorph's worker", REQUESTS), "events": schema("From KoeMorph's worker", EVENTS)}
    sys.stdout.write(json.dumps(told, indent=2) + "\n")
