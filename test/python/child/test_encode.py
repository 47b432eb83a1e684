"""JSON as clients see it."""

from __future__ import annotations

import json
import math
from collections import deque
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any

import pytest
from langchain_core.messages import HumanMessage
from langgraph.types import Send
from threadline_child.agreed import agreed
from threadline_child.encode import encode
from threadline_child.errors import describe, error_detail


@dataclass
class Point:
    x: int


class Unsayable(Exception):
    def __str__(self) -> str:
        raise ValueError


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Send("node", {"a": 1}), {"node": "node", "args": {"a": 1}}),
        ({1: "a", None: "b"}, {"1": "a", "null": "b"}),
        ({frozenset([1])}, [[1]]),
        (deque([1, 2]), [1, 2]),
        (b"ab", "YWI="),
        (timedelta(seconds=1.5), 1.5),
        (Decimal("2"), 2),
        (Decimal("2.5"), 2.5),
        (Point(1), {"x": 1}),
        (PurePosixPath("/a"), "/a"),
        (math.nan, None),
        ("\ud800", "?"),
        (2**70, 2**70),
        ([math.inf, 2**70, "\ud800"], [None, 2**70, "?"]),
        (int, None),
        (object(), None),
    ],
)
def test_values(value: Any, shown: Any) -> None:
    assert json.loads(encode(value)) == shown


def test_a_message_is_its_fields() -> None:
    assert (
        json.loads(encode(HumanMessage("hi", id="1"))).items() >= {"type": "human", "content": "hi", "id": "1"}.items()
    )


def test_deeper_than_the_encoder_goes() -> None:
    value: Any = "end"
    for _ in range(300):
        value = [value]

    assert json.loads(encode(value)) == value


def test_an_error_without_a_text() -> None:
    assert describe(Unsayable()) == {"error": "Unsayable", "message": "an exception whose text cannot be made"}


def test_texts_of_the_project_are_hidden_where_the_server_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agreed, "hides_errors", True)
    monkeypatch.setattr(agreed, "hidden_text", "hidden")
    monkeypatch.setattr(agreed, "shown_errors", frozenset({"TypeError"}))

    assert error_detail(KeyError("secret")) == {"error": "Error", "message": "hidden"}
    assert error_detail(TypeError("shown")) == {"error": "TypeError", "message": "shown"}


def test_a_text_is_cut_to_what_the_server_keeps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agreed, "error_characters", 3)

    assert describe(KeyError(1234)) == {"error": "Key…", "message": "123…"}
