/** From the environment to custom auth that needs no code of a project; undefined if none is set. */
import type { Env } from "../aws/env.ts";
import type { Auth } from "../core/auth/auth-port.ts";
import type { Ports } from "../core/ports.ts";

/** @throws Error if the project has custom auth, too: one of the two decides, and none is guessed */
export async function readyMadeUsers({ jwt }: Env, { engine, logger }: Ports): Promise<{ users?: Auth }> {
  if (!jwt) return {};
  if (engine.auth()) throw new Error("both auth.path of langgraph.json and THREADLINE_JWT_ISSUER say who may call");
  const { createJwtAuth } = await import("../outbound/jwt-auth.ts");
  return { users: createJwtAuth(jwt, logger) };
}
