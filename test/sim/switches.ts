/** Where a rule of the protocol can be taken out of the real code from outside: around the client, around the ports, around a message. */
import type { handleMessage } from "../../functions/core/work.ts";
import type { Ports } from "../../functions/core/ports.ts";
import type { Send } from "./flaky-client.ts";
import type { Process } from "./process.ts";
import type { World } from "./world.ts";

export interface Switches {
  send?: (next: Send, world: World) => Send;
  ports?: (ports: Ports, process: Process) => Ports;
  handle?: typeof handleMessage;
  /** Heads are put without waiting for the events. */
  unguarded?: boolean;
}
