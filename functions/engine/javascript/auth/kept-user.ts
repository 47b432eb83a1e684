/** Users as a project's `authenticate` returns them, as they are kept: the same as `child/threadline_child/users.py` makes. */
import type { User } from "../../../core/auth/auth-port.ts";
import type { JsonObject } from "../../../protocol/json.ts";
import { isObject } from "../langgraph.ts";

/** An identity, or an object with one → its fields, with the defaults of LangGraph's servers. @throws TypeError for anything else */
export function keptUser(returned: unknown): User {
  const given = typeof returned === "string" ? { identity: returned } : returned;
  const fields = isObject(given) ? (JSON.parse(JSON.stringify(given)) as JsonObject) : {};
  const { identity, display_name, permissions, is_authenticated } = fields;
  if ((typeof identity !== "string" && typeof identity !== "number") || identity === "")
    throw new TypeError("authenticate has returned no user: a user has an identity that is a text");
  return {
    ...fields,
    identity: String(identity),
    display_name: typeof display_name === "string" && display_name !== "" ? display_name : String(identity),
    permissions: Array.isArray(permissions) ? permissions.filter((one) => typeof one === "string") : [],
    is_authenticated: is_authenticated !== false,
  };
}
