"""Makes imports cheaper, which are nearly all of a child's start."""

from __future__ import annotations

import contextlib
import gc
import sys
import threading
from collections.abc import Iterator, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

# Packages that gather hundreds of classes of which LangChain's own imports need one: a quarter of the start of a child.
GATHERING = frozenset({"langsmith.types"})


def postpone_gathering() -> None:
    """From now on these packages are run when somebody asks for one of their names; modules in them as ever."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


@contextlib.contextmanager
def without_collections() -> Iterator[None]:
    """What an import leaves lives as long as the process: searching it for garbage, now and later, is lost time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()


class _Finder(MetaPathFinder):
    def find_spec(self, name: str, path: Sequence[str] | None, _: ModuleType | None = None) -> ModuleSpec | None:
        spec = PathFinder.find_spec(name, path) if name in GATHERING else None
        if spec is not None and spec.loader is not None:
            spec.loader = _Postponed(spec.loader)
        return spec


class _Postponed(Loader):
    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        loader = self._loader
        lock = threading.RLock()
        module.__loader__ = loader
        if module.__spec__ is not None:
            module.__spec__.loader = loader

        def run_and_get(name: str) -> Any:
            with lock:
                if vars(module).pop("__getattr__", None) is not None:
                    loader.exec_module(module)
            return getattr(module, name)

        vars(module)["__getattr__"] = run_and_get
