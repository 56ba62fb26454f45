"""The curves of a scene as Maya writes them; the rest of a saved scene is the text it was opened from."""

from __future__ import annotations

from .scene import RATES, TICKS, State


def curves_of(state: State) -> str:
    fps = RATES[state.unit]
    lines = []
    for plug, source in state.wires.items():
        name = source.partition(".")[0]
        node = state.nodes.get(name)
        if node is None or not node.kind.startswith("animCurveT"):
            continue
        owner, _, attribute = plug.partition(".")
        aliases = state.nodes[owner].aliases
        goal = f"{owner}.w[{aliases.index(attribute)}]" if attribute in aliases else plug
        keys = " ".join(f"{float(key.ticks * fps / TICKS):.12g} {key.value:.9g}" for key in node.keys)
        lines += [f'createNode {node.kind} -n "{name}";', '\tsetAttr ".tan" 2;']
        lines += [f'\tsetAttr -s {len(node.keys)} ".ktv[0:{len(node.keys) - 1}]"  {keys};']
        lines += [f'connectAttr "{name}.o" "{goal}";']
    return "\n".join([*lines, ""])
