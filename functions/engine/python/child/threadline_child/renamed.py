"""What LangGraph has moved from one of its own modules to another."""

from __future__ import annotations

from importlib import import_module
from typing import Any

# The modules that may have `PregelLoop`, which does a graph's supersteps.
LOOPS = ("langgraph.pregel._loop", "langgraph.pregel.loop")


def find_in(modules: tuple[str, ...], name: str) -> Any:
    """From the first of the modules that has the name; `None` if no module has."""
    for module in modules:
        try:
            return getattr(import_module(module), name)
        except (ImportError, AttributeError):
            continue
    return None
