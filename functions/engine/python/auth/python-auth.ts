/** The port Auth where `auth.path` is Python: a child asks the project's own object of LangGraph's SDK. */
import type { Access, Auth, Authentication, Refusal } from "../../../core/auth/auth-port.ts";
import type { Logger } from "../../../core/ports.ts";
import { refuseFailures } from "../../auth/refuse-failures.ts";
import { ChildError, type Scope } from "../process/child.ts";
import { inLivingChild } from "../process/in-living-child.ts";
import type { ProjectChildren } from "../process/project-children.ts";

export interface PythonAuthOptions {
  /** `./path.py:symbol` or `a.module:symbol`, relative to the project's folder. */
  spec: string;
  children: Pick<ProjectChildren, "get">;
  logger: Logger;
}

export function createPythonAuth({ spec, children, logger }: PythonAuthOptions): Omit<Auth, "admitsStudio"> {
  const call = (op: string, fields: object = {}, scope?: Scope): Promise<unknown> =>
    inLivingChild(children, (child) => child.call(op, { spec, ...fields }, scope).answer);
  const ask = <T>(op: string, fields: object, scope?: Scope): Promise<T | Refusal> =>
    refuseFailures({
      source: spec,
      logger,
      load: () => call("load_auth"),
      ask: async () => (await call(op, fields, scope)) as T,
      lineOf: (error) => (error instanceof ChildError ? error.at : undefined),
    });

  return {
    prepare: async () => void (await Promise.allSettled([call("load_auth")])),
    authenticate({ method, path, query, headers, body }) {
      const request = { method, path, query, headers: [...headers], scheme: "https" };
      const scope: Scope = { answer: async () => ({ ok: null, blobs: [await body()] }) };
      return ask<Authentication>("authenticate", request, scope);
    },
    authorize: (request) => ask<Access>("authorize", request),
  };
}
