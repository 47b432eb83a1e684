"""A command of the API in LangGraph's own classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from langgraph.types import Command, Send


def to_command(given: Mapping[str, Any]) -> Command[Any]:
    goto = given.get("goto") or ()
    targets = goto if isinstance(goto, (list, tuple)) else [goto]
    update = given.get("update")
    pairs = [tuple(pair) for pair in update] if isinstance(update, list) else update
    return Command(update=pairs, resume=given.get("resume"), goto=[_target(target) for target in targets])


def _target(target: Any) -> Any:
    """A node's name, or the node with an input of its own."""
    if isinstance(target, str):
        return target
    given = target.get("input")
    return Send(target["node"], target.get("args") or {} if given is None else given)
