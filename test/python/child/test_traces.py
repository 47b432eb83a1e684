"""What a function sends before it is frozen."""

import asyncio
import sys
import threading
import types

import pytest
from threadline_child import traces


def with_tracer(monkeypatch: pytest.MonkeyPatch, wait: object) -> None:
    monkeypatch.setitem(sys.modules, traces.TRACER, types.SimpleNamespace(wait_for_all_tracers=wait))


def test_a_function_waits_for_its_traces(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    with_tracer(monkeypatch, lambda: sent.append("all"))
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "worker")

    asyncio.run(traces.flush_traces())

    assert sent == ["all"]


def test_a_server_that_goes_on_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    with_tracer(monkeypatch, lambda: pytest.fail("it waits"))
    monkeypatch.delenv("AWS_LAMBDA_FUNCTION_NAME", raising=False)

    asyncio.run(traces.flush_traces())


def test_an_endpoint_that_does_not_answer_holds_no_run(monkeypatch: pytest.MonkeyPatch) -> None:
    answered = threading.Event()
    with_tracer(monkeypatch, answered.wait)
    monkeypatch.setattr(traces, "PATIENCE", 0.01)
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "worker")

    async def flush() -> None:
        await traces.flush_traces()
        answered.set()

    asyncio.run(flush())
