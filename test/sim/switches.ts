/** Where a rule of the protocol can be taken out of the real code from outside: around requests, around ports, around a message. */
import type { Ports } from "../../functions/core/ports.ts";
import type { handleMessage } from "../../functions/core/run/execute/handle-message.ts";
import type { Send } from "./flaky-client.ts";
import type { Process } from "./process.ts";

export interface Switches {
  send?: (next: Send) => Send;
  ports?: (ports: Ports, process: Process) => Ports;
  handle?: typeof handleMessage;
  /** Heads are put without waiting for the events. */
  unguarded?: boolean;
  /** Finished tasks are announced without waiting for their writes. */
  hasty?: boolean;
}

export function combine(all: readonly Switches[]): Switches {
  const sends = all.flatMap(({ send }) => send ?? []);
  const ports = all.flatMap((one) => one.ports ?? []);
  const handle = all.find((one) => one.handle)?.handle;
  return {
    send: (next) => sends.reduce((inner, wrap) => wrap(inner), next),
    ports: (inner, process) => ports.reduce((wrapped, wrap) => wrap(wrapped, process), inner),
    unguarded: all.some(({ unguarded }) => unguarded),
    hasty: all.some(({ hasty }) => hasty),
    ...(handle && { handle }),
  };
}
