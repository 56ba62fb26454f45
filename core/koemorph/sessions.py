"""Opening ONNX Runtime, the only place that imports it; hosts without it get a sentence with the remedy."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from .errors import MissingPieceError, ModelError, SettingsError
from .threads import default_threads
from .trust.doors import reason_of
from .trust.graphs import names_files


class Fed:
    """A session that says in a sentence when its graph cannot take what it is fed."""

    def __init__(self, session: Any) -> None:
        self._session = session

    def run(self, outputs: Sequence[str] | None, feed: Mapping[str, Any]) -> Sequence[Any]:
        try:
            return list(self._session.run(outputs, feed))
        except Exception as err:  # its exceptions share no base class
            raise ModelError(
                f"The model's graph cannot take what KoeMorph feeds it ({reason_of(err)}); install the model that "
                "belongs to this version."
            ) from err

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)


def import_onnxruntime() -> Any:
    """ONNX Runtime, with its telemetry off: builds of it report what they run to their maker unless told not to."""
    for variable in ("ORT_DISABLE_TELEMETRY", "ORT_TELEMETRY_DISABLED"):
        os.environ[variable] = "1"  # read once, when the library loads
    try:
        import onnxruntime

        onnxruntime.disable_telemetry_events()  # what Windows listens to
    except (ImportError, OSError) as err:
        remedy = (
            "install the Microsoft Visual C++ Redistributable (2015-2022, x64) and start again"
            if sys.platform == "win32"
            else "run 'pip install onnxruntime'"
        )
        raise MissingPieceError(f"ONNX Runtime cannot be loaded ({err}); {remedy}.") from err
    return onnxruntime


def open_session(graph: bytes, threads: int | None, providers: Sequence[str]) -> Any:
    """A session on the given providers, in order of preference."""
    if names_files(graph):
        raise ModelError("The model keeps its weights in other files, which no hash covers; export it in one piece.")
    onnxruntime = import_onnxruntime()
    available = onnxruntime.get_available_providers()
    unknown = [name for name in providers if name not in available]
    if unknown:
        raise SettingsError(f"This ONNX Runtime has no {', '.join(unknown)}; it has {', '.join(available)}.")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or default_threads()
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.enable_cpu_mem_arena = False  # it keeps for good what the largest run needed, 90 MB, and saves no time
    options.enable_mem_pattern = False  # it plans, and keeps, memory anew for every length of block it meets
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        session = onnxruntime.InferenceSession(graph, options, providers=list(providers))
    except Exception as err:  # its exceptions share no base class
        raise ModelError(f"ONNX Runtime {onnxruntime.__version__} cannot open the model ({err}).") from err
    if hasattr(session, "_model_bytes"):  # kept for opening it again on another provider, which we never do: 20 MB
        session._model_bytes = None
    return Fed(session)
