"""Modules of a project: names, what is exported, errors."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from threadline_child.project import NoGraph, Project, module_name


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("./agent.py", "agent"),
        ("src/my-agent/graph.py", "src.my_agent.graph"),
        ("./a/../b/c.py", "b.c"),
        ("../other/graph.py", "other.graph"),
    ],
)
def test_a_file_is_named_as_an_import_would_name_it(path: str, name: str) -> None:
    assert module_name(path) == name


def test_a_module_is_loaded_once_for_all_its_graphs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "once.py").write_text("a = object()\nb = a\n")
    project = Project({"first": "./once.py:a", "second": "./once.py:b"})

    assert project.export("first") is project.export("second")
    del sys.modules["once"]


def test_the_next_try_begins_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "later.py").write_text("1 / 0\n")
    project = Project({"graph": "./later.py:graph"})
    with pytest.raises(ZeroDivisionError):
        project.export("graph")

    (tmp_path / "later.py").write_text("graph = 'it is here now'\n")

    assert project.export("graph") == "it is here now"
    del sys.modules["later"]


def test_a_symbol_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "other.py").write_text("def make(): ...\n")

    with pytest.raises(NoGraph, match='it has no "graph", only make'):
        Project({"graph": "./other.py:graph"}).export("graph")
    del sys.modules["other"]
