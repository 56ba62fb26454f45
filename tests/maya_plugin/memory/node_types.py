"""What Maya's documentation says of the nodes that our scenes have: their attributes, and how many numbers each takes.

An attribute is written as in files, by its short name; `[]` says that it is an array. What takes no number gets
connections or one of the types below.
"""

from __future__ import annotations

TYPES: dict[str, dict[str, int | str]] = {
    "transform": {"v": 1, "t": "double3", "r": "double3", "s": "double3", "msg": 0},
    "mesh": {
        "v": 1,
        "io": 1,
        "iog": 0,
        "iog[].og[]": 0,
        "iog[].og[].gid": 0,
        "iog[].og[].gco": 0,
        "i": 0,
        "o": 0,
        "w": 0,
        "vt[]": 3,
        "ed[]": 3,
        "fc[]": "polyFaces",
    },
    "blendShape": {
        "w[]": 1,
        "ip[].ig": 0,
        "og[]": 0,
        "orggeom[]": 0,
        "it[].itg[]": 0,
        "it[].itg[].iti[].ipt": "pointArray",
        "it[].itg[].iti[].ict": "componentList",
        "aal": "attributeAlias",
    },
    "lambert": {"c": "float3", "oc": 0, "msg": 0},
    "shadingEngine": {"ihi": 1, "ro": 1, "ss": 0, "dsm": 0, "gn": 0, "pa": 0, "mwc": 0, "msg": 0, "message": 0},
    "materialInfo": {"sg": 0, "m": 0},
    "groupId": {"ihi": 1, "id": 0, "msg": 0},
    "groupParts": {"ihi": 1, "ic": "componentList", "ig": 0, "og": 0, "gi": 0},
    "lightLinker": {"lnk[]": 0, "slnk[]": 0},
    "audio": {"f": "string", "o": 1, "ss": 1, "se": 1},
    "animCurveTU": {"tan": 1, "ktv[]": 2, "o": 0},
    "animCurveTA": {"tan": 1, "ktv[]": 2, "o": 0},
    "animCurveTL": {"tan": 1, "ktv[]": 2, "o": 0},
    "partition": {"st": 0},
    "defaultShaderList": {"s": 0},
    "objectSet": {"message": 0},
}
DEFAULT_NODES = {
    "lightLinker1": "lightLinker",
    "renderPartition": "partition",
    "defaultShaderList1": "defaultShaderList",
    "defaultLightSet": "objectSet",
}
"""What every scene has from the beginning."""
