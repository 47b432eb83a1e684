"""Users as a project's `authenticate` returns them, as they are kept, and as its other handlers see them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from langchain_core.runnables import RunnableConfig

CALLER = "langgraph_auth_user"
STUDIO = "StudioUser"
COMMON = ("identity", "display_name", "is_authenticated", "permissions")


def kept(returned: Any) -> dict[str, Any]:
    """An identity, a mapping, or an object with an identity → its fields, with the defaults of LangGraph's servers."""
    fields = {"identity": returned} if isinstance(returned, str) else _fields(returned)
    identity = fields.get("identity")
    if not isinstance(identity, (str, int)) or isinstance(identity, bool) or identity == "":
        raise TypeError("authenticate has returned no user: a user has an identity that is a text")
    return {
        **fields,
        "identity": str(identity),
        "display_name": fields.get("display_name") or str(identity),
        "is_authenticated": fields.get("is_authenticated", True) is not False,
        "permissions": list(fields.get("permissions") or ()),
    }


def _fields(returned: Any) -> dict[str, Any]:
    if isinstance(returned, Mapping):
        return dict(returned)
    own: dict[str, Any] = {}
    if dataclasses.is_dataclass(returned) and not isinstance(returned, type):
        own = dataclasses.asdict(returned)
    elif callable(dump := getattr(returned, "model_dump", None) or getattr(returned, "to_dict", None)):
        own = dump()
    elif hasattr(returned, "__dict__"):
        own = {name: value for name, value in vars(returned).items() if not name.startswith("_")}
    # Properties are no fields of the instance.
    return {**own, **{name: getattr(returned, name) for name in COMMON if hasattr(returned, name)}}


class User(dict[str, Any]):
    """Fields are attributes and keys, as LangGraph's servers have it. A graph may store it as a dictionary."""

    def __getattr__(self, name: str) -> Any:
        if name not in self:
            raise AttributeError(f"the user has no {name}")
        return self[name]

    def to_dict(self) -> dict[str, Any]:
        return dict(self)


def with_user(config: RunnableConfig) -> RunnableConfig:
    """For graphs, which ask `runtime.server_info.user` for attributes, too."""
    configurable = config.get("configurable", {})
    if CALLER not in configurable:
        return config
    return {**config, "configurable": {**configurable, CALLER: User(configurable[CALLER])}}


def seen(fields: Mapping[str, Any]) -> Any:
    """For handlers, which may ask whether it is a user of the Studio."""
    from langgraph_sdk import Auth

    if fields.get("kind") == STUDIO:
        return Auth.types.StudioUser(fields["identity"], is_authenticated=True)
    return User(fields)
