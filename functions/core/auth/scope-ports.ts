/** The ports as one request sees them: every use case that is given them is isolated. Must not be needed by workers and sweepers. */
import type { Ports } from "../ports.ts";
import { scopeAssistants } from "./scope-assistants.ts";
import { scopeCheckpoints, scopeReads, scopeUpdates } from "./scope-checkpoints.ts";
import { scopeCrons } from "./scope-crons.ts";
import type { Scope } from "./scope.ts";
import { scopeLog, scopeRuns } from "./scope-runs.ts";
import { scopeStore } from "./scope-store.ts";
import { scopeThreads } from "./scope-threads.ts";
import { threadsInSight } from "./threads-in-sight.ts";

/** Inputs, webhooks and the queue have no ids but those of rows. */
export function scopePorts(ports: Ports, scope: Scope): Ports {
  const sight = threadsInSight(ports.threads, scope);
  return {
    ...ports,
    threads: scopeThreads(ports.threads, scope, sight),
    runs: scopeRuns(ports.runs, sight),
    log: scopeLog(ports.log, sight),
    checkpoints: scopeCheckpoints(ports.checkpoints, sight),
    updates: scopeUpdates(ports.updates, sight),
    assistants: scopeAssistants(ports.assistants, scope),
    crons: scopeCrons(ports.crons, scope, sight),
    engine: {
      ...ports.engine,
      ...scopeReads(ports.engine, sight),
      store: () => scopeStore(ports.engine.store(), scope),
    },
  };
}
