"""Stops a run after its superstep: by LangGraph's RunControl; before it had one, by breakpoints at every node."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

try:
    from langgraph.runtime import RunControl
except ImportError:
    RunControl = None  # type: ignore[assignment, misc]


class ByControl:
    breakpoints = None

    def __init__(self) -> None:
        self.run_control: Any = RunControl()

    def request_drain(self, reason: str) -> None:
        self.run_control.request_drain(reason)

    def caused(self, error: BaseException) -> bool:
        return bool(self.run_control.drain_requested) and type(error).__name__ == "GraphDrained"

    def may_pause(self) -> bool:
        """Whether a pause may be due to the request."""
        return False


class Breakpoints(list[str]):
    """LangGraph asks before each superstep whether its nodes are among these."""

    asked = False

    def __bool__(self) -> bool:
        return True

    def __contains__(self, node: object) -> bool:
        return self.asked or super().__contains__(node)


class ByBreakpoints:
    run_control = None

    def __init__(self, before: Sequence[str] | None) -> None:
        # `*` stops before every node anyway.
        self.breakpoints = None if before == "*" else Breakpoints(before or ())

    def request_drain(self, _: str) -> None:
        if self.breakpoints is not None:
            self.breakpoints.asked = True

    def caused(self, _: BaseException) -> bool:
        return False

    def may_pause(self) -> bool:
        return self.breakpoints is not None and self.breakpoints.asked


def create_control(before: Sequence[str] | None) -> ByControl | ByBreakpoints:
    return ByControl() if RunControl is not None else ByBreakpoints(before)
