"""A shot list as a job for render farms, in the Open Job Description format (jobtemplate-2023-09)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from ..errors import OutputError
from ..files import write_text

SPECIFICATION: Final = "jobtemplate-2023-09"
TEMPLATE: Final = "template.json"
PARAMETERS: Final = "parameters.json"
NOTICE_SECONDS: Final = 30
"""What a cancelled task gets to remove its temporary files."""


def write_job(shots: Path, chunks: int, arguments: list[str], folder: Path) -> tuple[Path, Path]:
    """The template, and the values of its paths: `openjd run TEMPLATE -p file://PARAMETERS`."""
    for argument in arguments:
        if "{{" in argument:
            raise OutputError(f"{argument} would be filled in by the farm; write it without two braces in a row.")
    template, parameters = folder / TEMPLATE, folder / PARAMETERS
    values = {
        "ShotList": str(shots.absolute()),
        "Recordings": str(recordings(shots).absolute()),
        "Results": str((folder / "results").absolute()),
    }
    for path, content in ((template, job(shots, chunks, arguments)), (parameters, values)):
        write_text(path, json.dumps(content, indent=2, ensure_ascii=False) + "\n")
    return template, parameters


def recordings(shots: Path) -> Path:
    """What a farm that carries files must carry beside the list."""
    return shots if shots.is_dir() else shots.parent


def job(shots: Path, chunks: int, arguments: list[str]) -> dict[str, Any]:
    """A task for each chunk, and the report when all of them are done."""
    parameters = [
        _path("ShotList", "Shot list", shots, "IN"),
        _path("Recordings", "Folder that its paths begin in", recordings(shots), "IN"),
        {
            "name": "Results",
            "type": "PATH",
            "objectType": "DIRECTORY",
            "dataFlow": "OUT",
            "default": "results",
            "userInterface": {"control": "CHOOSE_DIRECTORY", "label": "Folder of the results"},
        },
        {
            "name": "Chunks",
            "type": "INT",
            "minValue": 1,
            "default": chunks,
            "userInterface": {"control": "SPIN_BOX", "label": "Parts that the list is cut into"},
        },
        {
            "name": "KoeMorph",
            "type": "STRING",
            "default": "koemorph",
            "userInterface": {"control": "LINE_EDIT", "label": "The koemorph command on the workers"},
        },
    ]
    where = ["{{Param.ShotList}}", "-o", "{{Param.Results}}", *arguments]
    return {
        "specificationVersion": SPECIFICATION,
        "name": f"KoeMorph {shots.stem}"[:128],
        "parameterDefinitions": parameters,
        "steps": [
            {
                "name": "Animate",
                "parameterSpace": {
                    "taskParameterDefinitions": [{"name": "Chunk", "type": "INT", "range": "1-{{Param.Chunks}}"}]
                },
                "script": _script("batch", [*where, "--chunk", "{{Task.Param.Chunk}}/{{Param.Chunks}}", "--openjd"]),
            },
            {
                "name": "Report",
                "dependencies": [{"dependsOn": "Animate"}],
                "script": _script("shots", ["report", *where]),
            },
        ],
    }


def _script(command: str, arguments: list[str]) -> dict[str, Any]:
    cancelation = {"mode": "NOTIFY_THEN_TERMINATE", "notifyPeriodInSeconds": NOTICE_SECONDS}
    action = {"command": "{{Param.KoeMorph}}", "args": [command, *arguments], "cancelation": cancelation}
    return {"actions": {"onRun": action}}


def _path(name: str, label: str, path: Path, flow: str) -> dict[str, Any]:
    """Without a default: a template may only name what lies below it."""
    is_folder = path.is_dir()
    control = "CHOOSE_DIRECTORY" if is_folder else "CHOOSE_INPUT_FILE"
    return {
        "name": name,
        "type": "PATH",
        "objectType": "DIRECTORY" if is_folder else "FILE",
        "dataFlow": flow,
        "userInterface": {"control": control, "label": label},
    }
