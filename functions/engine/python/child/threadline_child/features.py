"""What the project's LangGraph and LangChain can, where that cannot be seen in a signature."""

from __future__ import annotations

import importlib


def _has(module: str, name: str) -> bool:
    try:
        return hasattr(importlib.import_module(module), name)
    except ImportError:
        return False


# A mode of newer versions that LangGraph's own type does not list.
HAS_TOOL_MODE = _has("langgraph.pregel._tools", "StreamToolCallHandler")
# Version 3 of LangGraph's events: messages as content blocks, and stream transformers. With an older LangChain models
# would stream nothing.
HAS_BLOCKS = _has("langgraph.pregel._messages", "StreamMessagesHandlerV2") and _has(
    "langchain_core.tracers._streaming", "_V2StreamingCallbackHandler"
)
