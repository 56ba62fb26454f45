"""Takes made beside the caller: `Runtime` says with what, its `Session` gives them, a worker process does the work.

A host never runs the network in its own process. It asks a session and looks at it on a timer; the session starts the
worker, keeps what was analysed, replaces a worker that breaks, and can be told to stop. `wire` and `messages` are what
the processes say to each other. `WorkerProcess` and `Runtime` need nothing but the standard library.
"""

from .runtime import PYTHON_VARIABLE, Runtime

__all__ = ["PYTHON_VARIABLE", "Runtime"]
