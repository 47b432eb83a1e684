"""A package that only gathers names is run when one of them is asked for, and is then like any other."""

from __future__ import annotations

import gc
import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from threadline_child import quick_imports
from threadline_child.quick_imports import postpone_gathering, without_collections

CODE = Path(quick_imports.__file__).parent.parent
START = """
import sys
from threadline_child.quick_imports import postpone_gathering
postpone_gathering()
import langgraph.graph
types = sys.modules.get("langsmith.types")
print(types is None or "__getattr__" in vars(types))
"""


@pytest.fixture
def gathering(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    package = tmp_path / "gathering_package"
    package.mkdir()
    (package / "__init__.py").write_text("from .one import One\nfrom .two import Two\n__all__ = ['One', 'Two']\n")
    (package / "one.py").write_text("class One: pass\n")
    (package / "two.py").write_text("class Two: pass\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(quick_imports, "GATHERING", frozenset({package.name}))
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    postpone_gathering()
    yield package.name
    for name in [name for name in sys.modules if name.startswith(package.name)]:
        del sys.modules[name]


def test_one_of_its_modules_does_not_run_it(gathering: str) -> None:
    importlib.import_module(f"{gathering}.one")

    assert f"{gathering}.two" not in sys.modules


def test_a_name_runs_it_once(gathering: str) -> None:
    one = importlib.import_module(f"{gathering}.one")
    package = importlib.import_module(gathering)

    assert package.Two.__module__ == f"{gathering}.two"
    assert package.One is one.One
    assert package.__all__ == ["One", "Two"]
    with pytest.raises(AttributeError, match="no attribute 'Three'"):
        _ = package.Three
    # Whoever looks for its files finds them as in any package.
    assert type(getattr(package.__spec__, "loader", None)).__name__ == "SourceFileLoader"


def test_langgraph_does_not_run_it() -> None:
    command = [sys.executable, "-c", START]
    found = subprocess.run(command, env={"PYTHONPATH": str(CODE)}, check=True, capture_output=True, text=True)

    assert found.stdout.split() == ["True"]


def test_collections_go_on_afterwards() -> None:
    with pytest.raises(ImportError), without_collections():
        assert not gc.isenabled()
        raise ImportError

    assert gc.isenabled()
