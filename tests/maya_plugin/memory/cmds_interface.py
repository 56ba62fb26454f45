"""What an artist sees and what Maya remembers: menus, shelves, panels, options, events, progress."""

from __future__ import annotations

from typing import Any

from .cmds_nodes import NodeCommands


class InterfaceCommands(NodeCommands):
    def do_about(self, batch: bool = False, version: bool = False, operatingSystem: bool = False) -> Any:
        return self._maya.batch if batch else "2025" if version else "linux"

    def do_warning(self, text: str) -> None:
        self._maya.said.append(text)

    def do_menu(self, name: str, exists: bool = False, **flags: Any) -> Any:
        menus = self._maya.interface.menus
        if exists:
            return name in menus
        assert flags["parent"] == "MayaWindow"
        menus[name] = {}
        return name

    def do_menuItem(self, label: str, command: Any, parent: str) -> str:
        self._maya.interface.menus[parent][label] = command
        return f"{parent}|{label}"

    def do_deleteUI(self, name: str, control: bool = False) -> None:
        interface = self._maya.interface
        if name in interface.menus:
            del interface.menus[name]
            return
        flags = interface.controls.pop(name)
        if (widget := flags.get("widget")) is not None:
            import shiboken6

            shiboken6.delete(widget)

    def do_tabLayout(self, name: str, query: bool, selectTab: bool) -> str:
        assert name == "ShelfLayout"
        return next(iter(self._maya.interface.shelves))

    def do_shelfButton(self, parent: str, **flags: Any) -> str:
        self._maya.interface.shelves[parent].append(flags)
        return f"{parent}|button"

    def do_timeControl(self, name: str, query: bool, sound: bool) -> str:
        assert name == "timeControl1"
        return self._maya.interface.heard

    def do_playbackOptions(self, query: bool, minTime: bool = False, maxTime: bool = False) -> float:
        return self._maya.range[1 if maxTime else 0]

    def do_workspaceControl(self, name: str, exists: bool = False, edit: bool = False, **flags: Any) -> Any:
        controls = self._maya.interface.controls
        if exists:
            return name in controls
        if not edit:
            controls[name] = flags
            self.open_control(name)
        return name

    def open_control(self, name: str) -> None:
        """As Maya does when a control is made, and when it starts with a workspace that has one."""
        from PySide6 import QtWidgets

        flags = self._maya.interface.controls[name]
        flags["widget"] = QtWidgets.QWidget()
        flags["widget"].setObjectName(name)
        QtWidgets.QVBoxLayout(flags["widget"])
        exec(flags["uiScript"], {})

    def do_optionVar(self, **flags: Any) -> Any:
        options = self._maya.interface.options
        if "exists" in flags:
            return flags["exists"] in options
        if "query" in flags:
            return options.get(flags["query"], 0)
        if "remove" in flags:
            options.pop(flags["remove"], None)
        for kind in ("stringValue", "floatValue", "intValue"):
            if kind in flags:
                name, value = flags[kind]
                options[name] = value
        return None

    def do_scriptJob(
        self, event: Any = None, exists: int = 0, kill: int = 0, force: bool = False, listJobs: bool = False
    ) -> Any:
        interface = self._maya.interface
        if listJobs:
            return [f"{number}: {event} {script}" for number, (event, script) in interface.jobs.items()]
        if event:
            interface.jobs_made += 1
            interface.jobs[interface.jobs_made] = tuple(event)
            return interface.jobs_made
        if kill:
            del interface.jobs[kill]
        return exists in interface.jobs

    def do_selectionConnection(
        self, name: str, exists: bool = False, edit: bool = False, clear: bool = False, select: str = ""
    ) -> Any:
        shown = self._maya.interface.graph_editor
        if exists:
            return shown is not None
        assert shown is not None and edit
        if clear:
            shown.clear()
        if select:
            shown.append(select)
        return None

    def do_progressWindow(self, query: bool = False, isCancelled: bool = False, **flags: Any) -> Any:
        interface = self._maya.interface
        if query:
            return bool(interface.progress) and interface.progress[-1][1] >= interface.cancel_at
        if "status" in flags:
            interface.progress.append((flags["status"], flags["progress"]))
        return None
