/** Extends leases with a client of its own. The pacemaker's thread loads it when it has to beat. */
import type { Env } from "../aws/env.ts";
import { createRuns } from "../aws/run/runs.ts";
import { createTableClient } from "../aws/table/clients.ts";
import type { Runs } from "../core/run/run-ports.ts";
import { systemClock as clock } from "./clock-and-ids.ts";

export function leaseExtender(env: Env): Runs["extend"] {
  const { table, retentionMs } = env;
  const runs = createRuns({ client: createTableClient(env), table, clock, retentionMs });
  return (...args) => runs.extend(...args);
}
