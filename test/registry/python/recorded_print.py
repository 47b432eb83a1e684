"""A `print` that keeps what it is given, and how to compare that with what should have been printed."""

from typing import Any

printed: list[Any] = []
text: list[str] = []


def print(value: Any, end: str = "\n", flush: bool = False) -> None:
    """Records what an example prints, as object and as text."""
    del flush
    printed.append(value)
    text.append(f"{value}{end}")


def expect(actual: Any, wanted: Any, what: str = "printed") -> None:
    assert actual == wanted, f"{what}\n  {actual!r}\ninstead of\n  {wanted!r}"


def without_metadata(run_id_from: Any) -> list[Any]:
    """What was printed after the first line, which has to be the run's metadata."""
    first = getattr(run_id_from, "data", run_id_from)
    expect(set(first), {"run_id", "attempt"}, "keys of the first event")
    expect(first["attempt"], 1, "attempt")
    return printed[1:]
