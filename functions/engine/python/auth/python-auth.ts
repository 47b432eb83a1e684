/** The port Auth where `auth.path` is Python: a child asks the project's own object of LangGraph's SDK. */
import type { Access, Auth, Authentication, Refusal } from "../../../core/auth/auth-port.ts";
import type { Logger } from "../../../core/ports.ts";
import { importHangs, loadWithin } from "../../project/load-within.ts";
import { GRAPH_LOAD_TIMEOUT } from "../../timings.ts";
import { ChildError, type Scope } from "../process/child.ts";
import { inLivingChild } from "../process/in-living-child.ts";
import type { ProjectChildren } from "../process/project-children.ts";

export interface PythonAuthOptions {
  /** `./path.py:symbol` or `a.module:symbol`, relative to the project's folder. */
  spec: string;
  children: Pick<ProjectChildren, "get">;
  logger: Logger;
}

const FAILED: Refusal = { kind: "refused", status: 500, detail: "Internal Server Error", headers: [] };

export function createPythonAuth({ spec, children, logger }: PythonAuthOptions): Auth {
  /** Its module is loaded first, since only that failure's text may be logged: later ones may quote a caller's secret. */
  const ask = async <T>(op: string, fields: object, scope?: Scope): Promise<T | Refusal> => {
    let isLoaded = false;
    try {
      return (await inLivingChild(children, async (child) => {
        await loadWithin(GRAPH_LOAD_TIMEOUT, importHangs, child.call("load_auth", { spec }).answer);
        isLoaded = true;
        return child.call(op, { spec, ...fields }, scope).answer;
      })) as T;
    } catch (error) {
      const { name, message } = error instanceof Error ? error : { name: "Error", message: String(error) };
      const thrown_at = error instanceof ChildError ? error.at : undefined;
      logger.error(isLoaded ? "auth fails" : "auth does not load: nobody is let in", {
        source: spec,
        error: isLoaded ? name : `${name}: ${message}`,
        ...(thrown_at !== undefined && { thrown_at }),
      });
      return FAILED;
    }
  };

  return {
    authenticate({ method, path, query, headers, body }) {
      const request = { method, path, query, headers: [...headers], scheme: "https" };
      const scope: Scope = { answer: async () => ({ ok: null, blobs: [await body()] }) };
      return ask<Authentication>("authenticate", request, scope);
    },
    authorize: (request) => ask<Access>("authorize", request),
  };
}
