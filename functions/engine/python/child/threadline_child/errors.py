"""What is told of an exception: class, text, and where in the project it was raised."""

from __future__ import annotations

import os
import traceback
from typing import TypedDict

from .agreed import agreed
from .wire import Refused


class ErrorDetail(TypedDict):
    error: str
    message: str


def describe(error: BaseException) -> ErrorDetail:
    """Class and text, for logs. A text that cannot be made, or has no UTF-8, is no reason to fail once more."""
    try:
        text = str(error)
    except Exception:
        text = "an exception whose text cannot be made"
    name = error.name if isinstance(error, Refused) else type(error).__name__
    return {"error": _shorten(name), "message": _shorten(text.encode("utf-8", "replace").decode())}


def error_detail(error: BaseException) -> ErrorDetail:
    """What clients see."""
    described = describe(error)
    if agreed.hides_errors and described["error"] not in agreed.shown_errors:
        return {"error": "Error", "message": agreed.hidden_text}
    return described


def raised_at(error: BaseException) -> str | None:
    """`file.py:12` of the innermost line of the project, relative to the working directory, which is the project's."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{_relative(error.filename)}:{error.lineno}"
    frames = [(frame.filename, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    own = [f"{_relative(file)}:{line}" for file, line in frames if _is_own(file)]
    return own[-1] if own else None


class PlacedError(ErrorDetail, total=False):
    # The project's line.
    at: str


def placed(error: BaseException) -> PlacedError:
    detail = describe(error)
    told: PlacedError = {"error": detail["error"], "message": detail["message"]}
    if at := raised_at(error):
        told["at"] = at
        if isinstance(error, SyntaxError):
            # Its whole text names the line once more.
            told["message"] = _shorten(error.msg)
    return told


def _shorten(text: str) -> str:
    characters = agreed.error_characters
    return f"{text[:characters]}…" if len(text) > characters else text


def _relative(file: str) -> str:
    return os.path.relpath(file) if os.path.isabs(file) else file


def _is_own(file: str) -> bool:
    here = os.path.join(os.getcwd(), "")
    return file.startswith(here) and "site-packages" not in file[len(here) :]
