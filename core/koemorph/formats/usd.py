"""USD, as .usda, .usdc or .usd: a UsdSkel animation of blend-shape weights, to be bound to a character or to our head.

Time codes are frames, counted from the beginning of the recording. Needs usd-core.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any, Final

import numpy as np

from ..errors import MissingPieceError
from ..face import COLOURS, Face
from ..files import atomic, scratch_folder
from ..take import Take
from .base import Format, Wishes, described
from .head import NECK, head_for, linear, normals, turns

ROOT: Final = "/Face"


def write(take: Take, path: Path, wishes: Wishes) -> tuple[str, ...]:
    try:
        from pxr import Gf, Sdf, Usd, UsdGeom, UsdSkel, Vt
    except ImportError as err:
        remedy = "install it with: pip install 'koemorph[formats]'"
        raise MissingPieceError(f"USD needs usd-core ({err}); {remedy}.") from err
    stage = Usd.Stage.CreateInMemory()
    UsdGeom.SetStageUpAxis(stage, UsdGeom.Tokens.y)
    UsdGeom.SetStageMetersPerUnit(stage, 1.0)
    first = take.rate.position(take.start)
    fps = float(take.rate.fps)
    stage.SetTimeCodesPerSecond(fps)
    stage.SetFramesPerSecond(fps)
    stage.SetStartTimeCode(float(first))
    stage.SetEndTimeCode(float(first + take.frame_count - 1))
    ours = described(take)
    ours["provenance"] = json.dumps(ours["provenance"], sort_keys=True)  # layer data is typed, ours is not
    stage.GetRootLayer().customLayerData = {"koemorph": ours}

    root = UsdSkel.Root.Define(stage, ROOT)
    stage.SetDefaultPrim(root.GetPrim())
    skeleton = UsdSkel.Skeleton.Define(stage, f"{ROOT}/Skeleton")
    skeleton.CreateJointsAttr(["root"])
    still = [Gf.Matrix4d(1.0).SetTranslate(Gf.Vec3d(*NECK))]
    skeleton.CreateBindTransformsAttr(still)
    skeleton.CreateRestTransformsAttr(still)
    animation = UsdSkel.Animation.Define(stage, f"{ROOT}/Animation")
    animation.CreateBlendShapesAttr(list(take.names))
    weights = animation.CreateBlendShapeWeightsAttr()
    layer, spot = stage.GetRootLayer(), weights.GetPath()
    animation.CreateJointsAttr(["root"])
    animation.CreateTranslationsAttr([Gf.Vec3f(*NECK)])
    animation.CreateScalesAttr([Gf.Vec3h(1.0)])
    animation.CreateRotationsAttr([Gf.Quatf(1.0)])
    turning, turned = animation.GetRotationsAttr().GetPath(), turns(take)
    with Sdf.ChangeBlock():
        for frame, row in enumerate(take.values):
            layer.SetTimeSample(spot, float(first + frame), Vt.FloatArray.FromNumpy(row))
        for frame, (x, y, z, w) in enumerate([] if turned is None else turned.tolist()):
            layer.SetTimeSample(turning, float(first + frame), Vt.QuatfArray([Gf.Quatf(w, x, y, z)]))
    binding = UsdSkel.BindingAPI.Apply(skeleton.GetPrim())
    binding.CreateAnimationSourceRel().SetTargets([animation.GetPath()])
    if wishes.face:
        _add_face(stage, head_for(take, True), skeleton)

    with atomic(path) as handle, scratch_folder(path) as folder:
        exported = folder / f"take{path.suffix.lower() if path.suffix.lower() in FORMAT.suffixes else '.usda'}"
        layer.Export(str(exported))
        with exported.open("rb") as source:
            shutil.copyfileobj(source, handle)
    return ()


def _add_face(stage: Any, face: Face, skeleton: Any) -> None:
    """Our head as a mesh with its blend shapes, driven by the skeleton's animation."""
    from pxr import Sdf, UsdGeom, UsdShade, UsdSkel, Vt

    mesh = UsdGeom.Mesh.Define(stage, f"{ROOT}/Head")
    mesh.CreateSubdivisionSchemeAttr(UsdGeom.Tokens.none)
    mesh.CreatePointsAttr(Vt.Vec3fArray.FromNumpy(face.vertices))
    mesh.CreateFaceVertexCountsAttr(Vt.IntArray.FromNumpy(np.full(len(face.quads), 4, dtype=np.int32)))
    mesh.CreateFaceVertexIndicesAttr(Vt.IntArray.FromNumpy(face.quads.reshape(-1)))
    mesh.CreateNormalsAttr(Vt.Vec3fArray.FromNumpy(normals(face)))
    mesh.SetNormalsInterpolation(UsdGeom.Tokens.vertex)
    extent = np.stack([face.vertices.min(axis=0), face.vertices.max(axis=0)])
    mesh.CreateExtentAttr(Vt.Vec3fArray.FromNumpy(extent))
    binding = UsdSkel.BindingAPI.Apply(mesh.GetPrim())
    binding.CreateSkeletonRel().SetTargets([skeleton.GetPath()])
    binding.CreateJointIndicesPrimvar(True, 1).Set(Vt.IntArray([0]))
    binding.CreateJointWeightsPrimvar(True, 1).Set(Vt.FloatArray([1.0]))
    targets = []
    for name, delta in zip(face.names, face.deltas, strict=True):
        moved = np.flatnonzero(delta.any(axis=1)).astype(np.int32)
        shape = UsdSkel.BlendShape.Define(stage, mesh.GetPath().AppendChild(name))
        shape.CreateOffsetsAttr(Vt.Vec3fArray.FromNumpy(delta[moved]))
        shape.CreatePointIndicesAttr(Vt.IntArray.FromNumpy(moved))
        targets.append(shape.GetPath())
    binding.CreateBlendShapesAttr(list(face.names))
    binding.CreateBlendShapeTargetsRel().SetTargets(targets)

    UsdGeom.Scope.Define(stage, f"{ROOT}/Materials")
    for number, name in enumerate(face.materials):
        faces = np.flatnonzero(face.material == number).astype(np.int32)
        material = UsdShade.Material.Define(stage, f"{ROOT}/Materials/{name}")
        shader = UsdShade.Shader.Define(stage, f"{ROOT}/Materials/{name}/Surface")
        shader.CreateIdAttr("UsdPreviewSurface")
        shader.CreateInput("diffuseColor", Sdf.ValueTypeNames.Color3f).Set(tuple(linear(COLOURS[name])))
        shader.CreateInput("roughness", Sdf.ValueTypeNames.Float).Set(0.6)
        material.CreateSurfaceOutput().ConnectToSource(shader.ConnectableAPI(), "surface")
        subset = UsdShade.MaterialBindingAPI.Apply(mesh.GetPrim()).CreateMaterialBindSubset(
            name, Vt.IntArray.FromNumpy(faces), UsdGeom.Tokens.face
        )
        UsdShade.MaterialBindingAPI.Apply(subset.GetPrim()).Bind(material)


FORMAT: Final = Format(
    name="usd",
    suffixes=(".usda", ".usdc", ".usd"),
    label="USD",
    carries="Carries every shape under its name, the rate, the start as the first time code, and provenance "
    "as layer data; the head's turns also as the rotation of a joint; with --face KoeMorph's head, bound to all of it.",
    write=write,
    rank=70,
)
