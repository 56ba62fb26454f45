"""USD, opened by Pixar's own library: what is bound to what, and every sample at its time code."""

import json
import sys
from fractions import Fraction

import numpy as np
import pytest

from koemorph import formats
from koemorph.errors import MissingPieceError
from koemorph.face import load_face
from koemorph.formats import Wishes


@pytest.fixture
def pxr():
    return pytest.importorskip("pxr", reason="no usd-core")


def opened(path):
    from pxr import Usd, UsdSkel

    stage = Usd.Stage.Open(str(path))
    cache = UsdSkel.Cache()
    root = UsdSkel.Root(stage.GetDefaultPrim())
    assert cache.Populate(root, Usd.PrimDefaultPredicate)
    (binding,) = cache.ComputeSkelBindings(root, Usd.PrimDefaultPredicate) or [None]
    return stage, cache, binding


@pytest.mark.parametrize("ending", [".usda", ".usdc", ".usd"])
@pytest.mark.parametrize("rate", ["24", "23.976", "60"])
def test_every_sample_at_its_time_code(pxr, tmp_path, some_take, ending, rate):
    from pxr import Usd, UsdSkel

    take = some_take(20, rate, start=Fraction(5, 2), provenance={"audio": "声.wav"})
    assert formats.write_take(take, tmp_path / f"a{ending}") == ()
    stage = Usd.Stage.Open(str(tmp_path / f"a{ending}"))
    first = float(take.rate.position(take.start))
    assert stage.GetTimeCodesPerSecond() == stage.GetFramesPerSecond() == float(take.rate.fps)
    assert (stage.GetStartTimeCode(), stage.GetEndTimeCode()) == (first, first + 19)
    told = stage.GetRootLayer().customLayerData["koemorph"]
    assert (told["rate"], told["start"]) == (str(take.rate), "5/2")
    assert json.loads(told["provenance"]) == {"audio": "声.wav"}
    root = UsdSkel.Root(stage.GetDefaultPrim())
    skeleton = UsdSkel.Skeleton(root.GetPrim().GetChild("Skeleton"))
    query = UsdSkel.Cache().GetSkelQuery(skeleton)
    assert query and query.GetTopology().GetNumJoints() == 1
    animation = query.GetAnimQuery()
    assert tuple(animation.GetBlendShapeOrder()) == take.names
    samples = UsdSkel.Animation(animation.GetPrim()).GetBlendShapeWeightsAttr()
    assert samples.GetTimeSamples() == [first + frame for frame in range(20)]
    for frame in range(20):
        np.testing.assert_array_equal(np.array(samples.Get(first + frame)), take.values[frame])


def test_the_head_moves_by_them(pxr, tmp_path, some_take):
    """UsdSkel itself finds the binding and deforms the head to what our own face would be."""
    from pxr import Usd, UsdSkel, Vt

    take, face = some_take(3, "30"), load_face()
    formats.write_take(take, tmp_path / "a.usdc", wishes=Wishes(face=True))
    _, cache, binding = opened(tmp_path / "a.usdc")
    (target,) = binding.GetSkinningTargets()
    mesh = target.GetPrim()
    shapes = UsdSkel.BlendShapeQuery(UsdSkel.BindingAPI(mesh))
    mapped = cache.GetSkelQuery(binding.GetSkeleton()).GetAnimQuery().ComputeBlendShapeWeights(Usd.TimeCode(2))
    order = target.GetBlendShapeMapper().Remap(mapped)
    subweights = shapes.ComputeSubShapeWeights(order)
    points = Vt.Vec3fArray.FromNumpy(face.vertices)
    assert shapes.ComputeDeformedPoints(
        *subweights, shapes.ComputeBlendShapePointIndices(), shapes.ComputeSubShapePointOffsets(), points
    )
    wanted = face.posed(dict(zip(take.names, take.values[2].tolist(), strict=True)))
    np.testing.assert_allclose(np.array(points), wanted, atol=1e-6)


@pytest.mark.parametrize("face", [False, True])
def test_pixars_validators_find_nothing(pxr, tmp_path, some_take, face):
    from pxr import Usd

    validation = pytest.importorskip("pxr.UsdValidation", reason="usd-core without validators")
    formats.write_take(some_take(3), tmp_path / "a.usda", wishes=Wishes(face=face))
    validators = validation.ValidationRegistry().GetOrLoadAllValidators()
    assert len(validators) > 10
    found = validation.ValidationContext(validators).Validate(Usd.Stage.Open(str(tmp_path / "a.usda")))
    assert [error.GetErrorAsString() for error in found] == []


def test_names_of_any_rig(pxr, tmp_path, some_take):
    from pxr import Usd, UsdSkel

    take = some_take(2, names=("CTRL jaw.open", "口", "a:b"))
    assert formats.write_take(take, tmp_path / "a.usda") == ()
    stage = Usd.Stage.Open(str(tmp_path / "a.usda"))
    assert tuple(UsdSkel.Animation(stage.GetPrimAtPath("/Face/Animation")).GetBlendShapesAttr().Get()) == take.names


def test_without_usd_core(tmp_path, some_take, monkeypatch, one_sentence):
    monkeypatch.setitem(sys.modules, "pxr", None)
    with pytest.raises(MissingPieceError) as refusal:
        formats.write_take(some_take(2), tmp_path / "a.usda")
    one_sentence(refusal.value)
    assert "koemorph[formats]" in str(refusal.value) and list(tmp_path.iterdir()) == []
