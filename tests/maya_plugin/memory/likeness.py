"""Classes that are called exactly as the module's type stubs say that Maya's are, or not at all."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from types import ModuleType, UnionType
from typing import Any, TypeVar

STUBS = Path(__file__).parents[3] / "maya_plugin" / "typings" / "maya"
Kind = TypeVar("Kind", bound=type)


def stub(name: str, **known: Any) -> ModuleType:
    """A stub file as a module of classes that do nothing. `known` stands for what it imports from other stubs."""
    module = ModuleType(f"stub.{name}")
    lines = (STUBS / f"{name}.pyi").read_text("utf-8").splitlines()
    kept = [line for line in lines if not line.startswith("from maya.")]
    vars(module).update(known)
    exec(compile("\n".join(["from __future__ import annotations", *kept]), name, "exec"), vars(module))
    return module


def faithful(kind: Kind) -> Kind:
    """Every method is called as the class that stands in the stub, which this one is made from, has it."""
    pattern = kind.__mro__[1]
    numbers = pattern.__annotations__
    for name, value in vars(kind).items():
        if name in numbers:
            assert numbers[name] == f"Literal[{value}]", f"{kind.__name__}.{name} is {numbers[name]}"
        else:
            assert name.startswith("_") or name in vars(pattern), f"{kind.__name__}.{name} is not in the stub"
    for name, told in vars(pattern).items():
        function = told.__func__ if isinstance(told, staticmethod) else told
        if inspect.isfunction(function) and name in vars(kind):
            ours = vars(kind)[name]
            wrapped = _checked(function, ours.__func__ if isinstance(ours, staticmethod) else ours)
            setattr(kind, name, staticmethod(wrapped) if isinstance(told, staticmethod) else wrapped)
    return kind


def _checked(pattern: Callable[..., Any], work: Callable[..., Any]) -> Callable[..., Any]:
    signature = inspect.signature(pattern)

    @wraps(work)
    def call(*arguments: Any, **named: Any) -> Any:
        bound = signature.bind(*arguments, **named)
        for name, value in bound.arguments.items():
            wanted = pattern.__annotations__.get(name)
            if wanted is not None and not _is(value, eval(wanted, pattern.__globals__)):
                raise TypeError(f"{pattern.__qualname__}: {name} must be {wanted}, not {type(value).__name__}")
        return work(*bound.args, **bound.kwargs)

    return call


def _is(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, UnionType):
        return any(_is(value, one) for one in typing.get_args(wanted))
    if wanted is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    origin = typing.get_origin(wanted)
    if origin is Sequence:
        return isinstance(value, (list, tuple)) and all(_is(one, typing.get_args(wanted)[0]) for one in value)
    return isinstance(value, origin or wanted)
