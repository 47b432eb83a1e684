"""The project's modules: each is loaded once for all its graphs, under a name that is the same on every host."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
import threading
from types import ModuleType
from typing import Any

from .quick_imports import without_collections


class NoGraph(Exception):
    """A spec that names nothing, or something that is no graph."""


class Project:
    def __init__(self, specs: dict[str, str]) -> None:
        """`specs`: graph id → `./path.py:symbol` or `a.module:symbol`, relative to the working directory."""
        self._specs = specs
        self._lock = threading.Lock()
        self._exports: dict[str, Any] = {}

    def export(self, graph_id: str) -> Any:
        return self.named(self._specs[graph_id])

    def beside(self, graph_id: str, name: str) -> Any:
        """What the module of a graph that is loaded has under this name, or None."""
        where = self._specs[graph_id].rpartition(":")[0]
        return getattr(sys.modules.get(module_name(where) if where.endswith(".py") else where), name, None)

    def named(self, spec: str) -> Any:
        """What a spec names. Raises what the import raises."""
        with self._lock:
            if spec not in self._exports:
                self._exports[spec] = self._load(spec)
            return self._exports[spec]

    def _load(self, spec: str) -> Any:
        where, _, symbol = spec.rpartition(":")
        with without_collections():
            module = self._file(where) if where.endswith(".py") else importlib.import_module(where)
        try:
            return getattr(module, symbol)
        except AttributeError:
            names = [name for name, value in vars(module).items() if _is_own(name, value, module)]
            raise NoGraph(f'it has no "{symbol}", only {", ".join(names) or "nothing"}') from None

    def _file(self, path: str) -> ModuleType:
        file = os.path.abspath(path)
        name = module_name(path)
        known = sys.modules.get(name)
        if known is not None and os.path.abspath(getattr(known, "__file__", None) or "") == file:
            return known
        spec = importlib.util.spec_from_file_location(name, file)
        if spec is None or spec.loader is None:
            raise NoGraph(f"{path} is not a Python file")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        try:
            spec.loader.exec_module(module)
        except BaseException:
            # The next try begins anew.
            del sys.modules[name]
            raise
        return module


def _is_own(name: str, value: Any, module: ModuleType) -> bool:
    """Whether this may be meant: a function of the module, or something that LangGraph has made."""
    is_function = (
        callable(value) and not isinstance(value, type) and getattr(value, "__module__", "") == module.__name__
    )
    return not name.startswith("_") and (is_function or type(value).__module__.startswith("langgraph."))


def module_name(path: str) -> str:
    """Of a file, as an import from the project's folder would name it: what is stored names its classes by it."""
    return os.path.normpath(path).removesuffix(".py").replace(os.sep, ".").lstrip(".").replace("-", "_")
