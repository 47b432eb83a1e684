"""What the server says once, in `hello`: its limits, and what clients see of errors. No number stands twice."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any


@dataclass
class Agreed:
    """By the names of `process/hello.ts`. Until the server has said what they are, nothing is limited."""

    hides_errors: bool = False
    hidden_text: str = ""
    shown_errors: frozenset[str] = frozenset()
    error_characters: int = sys.maxsize
    shown_channels_bytes: int = sys.maxsize
    whole_bytes: int = sys.maxsize
    streamed_messages: int = sys.maxsize
    streamed_namespaces: int = sys.maxsize
    saver_heads: int = sys.maxsize
    output_characters: int = sys.maxsize
    # By module and name; True = all, None = as LangGraph decides.
    allowed_classes: Any = None


agreed = Agreed()


def agree(told: Mapping[str, Any]) -> None:
    for field in fields(Agreed):
        setattr(agreed, field.name, told[field.name])
