"""Users as a project's `authenticate` returns them, as they are kept, and as its other handlers see them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

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


class User:
    """Fields are attributes and keys, as LangGraph's servers have it."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self._fields = fields

    @property
    def identity(self) -> str:
        return str(self._fields["identity"])

    @property
    def display_name(self) -> str:
        return str(self._fields["display_name"])

    @property
    def is_authenticated(self) -> bool:
        return bool(self._fields["is_authenticated"])

    @property
    def permissions(self) -> Sequence[str]:
        return list(self._fields["permissions"])

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self._fields:
            raise AttributeError(f"the user has no {name}")
        return self._fields[name]

    def __getitem__(self, key: str) -> Any:
        return self._fields[key]

    def __contains__(self, key: object) -> bool:
        return key in self._fields

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def get(self, key: str, default: Any = None) -> Any:
        return self._fields.get(key, default)

    def to_dict(self) -> dict[str, Any]:
        return dict(self._fields)


def seen(fields: Mapping[str, Any]) -> Any:
    """For handlers, which may ask whether it is a user of the Studio."""
    from langgraph_sdk import Auth

    if fields.get("kind") == STUDIO:
        return Auth.types.StudioUser(fields["identity"], is_authenticated=True)
    return User(fields)
