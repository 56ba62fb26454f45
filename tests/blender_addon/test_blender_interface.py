"""What people see: every text in every language, every name that a panel asks a layout for, every reason."""

from __future__ import annotations

import string
from dataclasses import fields
from typing import Any

import bpy
import pytest

from koemorph.settings import Settings, info_of

LANGUAGES = ("ja", "de")
BLENDERS_OWN = {"Name"}
"""Texts that Blender translates itself."""


def texts(addon: Any) -> set[str]:
    """What Blender looks up for the extension's classes and settings."""
    found: set[str] = set()
    for kind in addon.CLASSES:
        rna = kind.bl_rna
        if issubclass(kind, bpy.types.Operator | bpy.types.Panel | bpy.types.Menu):
            found.add(kind.bl_label)
        if issubclass(kind, bpy.types.Operator):
            found.add((kind.__doc__ or "").strip())
        for prop in rna.properties:
            if prop.identifier in kind.__annotations__ and _shown(prop):
                found |= {prop.name, prop.description}
                if prop.type == "ENUM":
                    found |= {text for item in prop.enum_items for text in (item.name, item.description)}
    return found - {"", "KoeMorph"}


def _shown(prop: Any) -> bool:
    return not prop.is_hidden and prop.type not in {"POINTER", "COLLECTION"}


def _names(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(addon: Any, language: str) -> None:
    from blender_addon import translations

    known = translations.read(language)
    assert texts(addon) - known.keys() - BLENDERS_OWN == set()
    for text, translated in known.items():
        assert _names(text) == _names(translated), text


def test_translations_are_shown(context: Any) -> None:
    view = bpy.context.preferences.view
    if "ja_JP" not in bpy.app.translations.locales:
        pytest.skip("this Blender was built without translations")
    view.language = "ja_JP"
    view.use_translate_interface = True
    try:
        assert bpy.app.translations.pgettext_iface("Animate Face", "Operator") == "顔をアニメート"
    finally:
        view.language = "en_US"


def test_settings_are_those_of_the_core(context: Any) -> None:
    from blender_addon.properties import GROUPS, settings_of, show_settings

    shown = bpy.context.scene.koemorph.settings
    assert settings_of(shown) == Settings()
    assert [name for names in GROUPS.values() for name in names] == [entry.name for entry in fields(Settings)]
    for entry in fields(Settings):
        info = info_of(entry)
        if info.kind in {"number", "whole"}:
            for value in (info.low, info.high):
                setattr(shown, entry.name, int(value) if info.kind == "whole" else value)
                assert getattr(settings_of(shown), entry.name) == value
    other = Settings(temperature=0.37, mood="joy", seed=12, mirror=True, shape_edits="jawOpen x0.5")
    show_settings(shown, other.to_dict())
    assert settings_of(shown) == other


def test_presets_of_the_core_set_the_sliders(context: Any) -> None:
    from blender_addon.properties import settings_of

    from koemorph.presets import shipped

    for preset in shipped():
        assert bpy.ops.koemorph.use_preset(name=preset.name) == {"FINISHED"}
        assert settings_of(bpy.context.scene.koemorph.settings) == preset.over(Settings())


class Layout:
    """Stands in for a layout: knows which calls and which names of properties there are."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.pressed: list[str] = []

    def __getattr__(self, name: str) -> Any:
        function = bpy.types.UILayout.bl_rna.functions.get(name)
        assert function or name in bpy.types.UILayout.bl_rna.properties or name in {"menu_contents"}, name
        allowed = set(function.parameters.keys()) if function else set()

        def call(*arguments: Any, **more: Any) -> Any:
            assert more.keys() <= allowed | {"text_ctxt", "translate"}, (name, more)
            if name in {"prop", "prop_search"}:
                assert arguments[1] in arguments[0].bl_rna.properties, arguments[1]
            if name == "operator":
                group, _, operator = arguments[0].partition(".")
                assert hasattr(getattr(bpy.ops, group), operator)
                self.pressed.append(arguments[0])
                return type("Given", (), {})()
            self.said += [more["text"]] if "text" in more else []
            return self

        return call

    def __setattr__(self, name: str, value: Any) -> None:
        assert name in ("said", "pressed") or name in bpy.types.UILayout.bl_rna.properties, name
        object.__setattr__(self, name, value)


def drawn(addon: Any) -> str:
    """All panels of the 3D viewport, drawn onto stand-ins."""
    said = []
    for kind in addon.CLASSES:
        if issubclass(kind, bpy.types.Panel) and kind.bl_space_type == "VIEW_3D":
            layout = Layout()
            kind.draw(type("Drawn", (), {"layout": layout, "names": getattr(kind, "names", ())})(), bpy.context)
            said += layout.said
    return " ".join(said)


def test_panels_draw_in_every_state(addon: Any, face: Any, panel: Any) -> None:
    assert "52 of 52 shapes" in drawn(addon)
    panel.audio = ""
    assert "No recording is chosen" not in drawn(addon), "the button asks for one"
    for source in ("STRIP", "SPEAKER", "FILE"):
        panel.source = source
        for where in ("NEW", "ACTIVE", "NLA"):
            panel.where = where
            drawn(addon)
    face.data.shape_keys.key_blocks["jawOpen"].name = "mandible"
    assert "Missing: jawOpen" in drawn(addon)
    bpy.ops.koemorph.mapping_match()
    drawn(addon)
    bpy.data.objects.remove(face)
    assert "Nothing is active" in drawn(addon)


def test_the_panel_says_how_many_keys_will_go_and_which_line_is_there(addon: Any, face: Any, panel: Any) -> None:
    bpy.ops.koemorph.animate()
    panel.where = "ACTIVE"
    said = drawn(addon)
    assert f"{52 * 36} keys from frame 1 on" in said and "1 - 36" in said


def test_buttons_that_cannot_be_pressed_say_why(context: Any) -> None:
    with pytest.raises(RuntimeError, match="Nothing is active"):
        bpy.ops.koemorph.animate()
    with pytest.raises(RuntimeError, match="No line is being made"):
        bpy.ops.koemorph.cancel()
    with pytest.raises(RuntimeError, match="no line that was made by KoeMorph"):
        bpy.ops.koemorph.update()


def test_who_begins_with_a_cube_is_told_what_to_do(addon: Any, context: Any) -> None:
    """A new Blender has one active: no file is asked for in vain, and our own face is a press away."""
    bpy.ops.mesh.primitive_cube_add()
    said = drawn(addon)
    assert "Cube has no shape keys; select the mesh that makes the face move." in said
    with pytest.raises(RuntimeError, match="has no shape keys"):
        bpy.ops.koemorph.animate_recording(filepath="line.wav")


def test_sentences_fit_into_the_sidebar(addon: Any) -> None:
    from blender_addon.sentences import wrapped

    assert wrapped("one two three", 8) == ["one two", "three"]
    lines = wrapped("録音が選ばれていません。サウンドを選んでください", 20)
    assert "".join(lines) == "録音が選ばれていません。サウンドを選んでください"
    assert [len(line) for line in lines] == [10, 10, 4] and not any(line.startswith("。") for line in lines)


def test_the_panel_does_not_jump_while_one_drags(addon: Any, face: Any, panel: Any) -> None:
    """Whatever the preview has to say has its place already."""
    from blender_addon.preview import preview

    assert bpy.ops.koemorph.animate() == {"FINISHED"}
    heights = []
    for error in ("", "Short.", "A sentence that would need far more than two lines of any sidebar " * 4):
        preview.error = error
        layout = Layout()
        main = next(kind for kind in addon.CLASSES if kind.__name__ == "MainMainView_3D")
        main.draw(type("Drawn", (), {"layout": layout})(), bpy.context)
        heights.append(len(layout.said))
    preview.error = ""
    assert len(set(heights)) == 1


def test_an_error_is_said_once_and_forgotten_with_its_cause(addon: Any, face: Any, panel: Any) -> None:
    audio, panel.audio = panel.audio, "/nowhere/line.wav"
    with pytest.raises(RuntimeError):
        bpy.ops.koemorph.animate()
    assert drawn(addon).count("is not a file") == 1
    panel.audio = audio
    assert "is not a file" not in drawn(addon)
    assert bpy.ops.koemorph.animate() == {"FINISHED"}
    marker = bpy.context.scene.timeline_markers.new("mood:angry", frame=5)
    panel.settings.keyframe_insert("seed", frame=1)
    for fixed in (lambda: setattr(marker, "name", "mood:anger"), lambda: panel.settings.keyframe_delete("seed")):
        with pytest.raises(RuntimeError) as refusal:
            bpy.ops.koemorph.update()
        told = str(refusal.value).strip().removeprefix("Error: ")
        assert drawn(addon).count(told) == 1
        fixed()
        assert told not in drawn(addon)
    face.data.shape_keys.use_relative = False
    assert drawn(addon).count("tick Relative") == 1, "the button says it, and nothing else does"


def unsaid(addon: Any) -> set[str]:
    """Buttons that are greyed out while nothing in their panel says why."""
    from blender_addon.operators.base import ReasonedPoll

    kinds = {kind.bl_idname: kind for kind in addon.CLASSES if issubclass(kind, bpy.types.Operator)}
    found = set()
    for kind in addon.CLASSES:
        if issubclass(kind, bpy.types.Panel) and kind.bl_space_type == "VIEW_3D":
            layout = Layout()
            kind.draw(type("Drawn", (), {"layout": layout, "names": getattr(kind, "names", ())})(), bpy.context)
            said = " ".join(layout.said)
            for button in map(kinds.get, layout.pressed):
                if button and issubclass(button, ReasonedPoll) and button.reason(bpy.context) not in said:
                    found.add(button.bl_idname)
    return found


def test_greyed_buttons_say_why_in_sight(addon: Any, face: Any, panel: Any) -> None:
    assert unsaid(addon) == set()
    assert bpy.ops.koemorph.animate() == {"FINISHED"}
    assert unsaid(addon) == set()
    assert bpy.ops.koemorph.mapping_match() == {"FINISHED"}
    assert unsaid(addon) == set()
    bpy.ops.object.armature_add()
    assert unsaid(addon) == set()
    bpy.context.view_layer.objects.active = None
    assert unsaid(addon) == set()


def test_what_happened_is_copied_for_a_bug_report(face: Any, panel: Any) -> None:
    from blender_addon.bug_report import bug_report

    panel.audio = "//gone.wav"
    with pytest.raises(RuntimeError, match="gone"):
        bpy.ops.koemorph.animate()
    assert bpy.ops.koemorph.copy_log() == {"FINISHED"}
    assert bug_report.text.startswith(f"Blender {bpy.app.version_string}\nKoeMorph ")
    assert "said: " in bug_report.text and "gone.wav" in bug_report.text
