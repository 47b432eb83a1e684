/** The run queue and its event source: messages get lost, come late, come twice; every one starts an invocation of a worker. */
import { runKey } from "../../functions/aws/table/keys.ts";
import type { Ports } from "../../functions/core/ports.ts";
import { handleMessage } from "../../functions/core/run/execute/handle-message.ts";
import type { RunRef } from "../../functions/core/run/run-row.ts";
import { MAX_RECEIVES } from "../../functions/host/timings.ts";
import { isExpected, Unanswered } from "./flaky-client.ts";
import type { Process } from "./process.ts";
import type { World } from "./world.ts";

interface Sandbox {
  process: Process;
  ports: Ports;
}

export class RunQueue {
  readonly #world: World;
  readonly #idle: Sandbox[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  async send(ref: RunRef, delayMs = 0): Promise<void> {
    const { time, dice, faults, watch } = this.#world;
    const { actor } = time;
    const isLost = dice.chance(faults.drop);
    watch.sent(ref.run_id, isLost);
    this.#world.say(() => `${actor?.name} sends ${watch.name(ref.run_id)}${isLost ? ", which is LOST" : ""}`);
    const late = dice.chance(faults.delay) ? dice.between(1_000, 60_000) : dice.between(5, 50);
    if (!isLost) this.#deliver(ref, delayMs + late, 1);
    if (dice.chance(faults.duplicate)) this.#deliver(ref, delayMs + dice.between(5, dice.chance(0.3) ? 60 : 40_000), 1);
    await new Promise<void>((resolve, reject) => {
      time.after(dice.between(1, 10), actor, () => {
        if (dice.chance(faults.fail / 2)) reject(new Unanswered("the queue did not answer"));
        else resolve();
      });
    });
  }

  #deliver(ref: RunRef, ms: number, receives: number): void {
    this.#world.time.after(ms, undefined, () => this.#receive(ref, receives));
  }

  #receive(ref: RunRef, receives: number): void {
    const world = this.#world;
    const { process, ports } = this.#sandbox();
    process.begin(ref.run_id);
    world.say(() => `${process.name} receives ${world.watch.name(ref.run_id)}`);
    if (world.isBroken) return world.crash(process, "before it claims");
    void world.time.as(process, () => this.#invoke({ process, ports }, ref, receives));
  }

  #sandbox(): Sandbox {
    const world = this.#world;
    const free = this.#idle.findIndex(({ process }) => !process.dead);
    const [used] = free >= 0 && world.dice.chance(0.7) ? this.#idle.splice(free, 1) : [];
    if (used) return used;
    const process = world.spawn("worker");
    return { process, ports: world.ports(process) };
  }

  async #invoke(sandbox: Sandbox, ref: RunRef, receives: number): Promise<void> {
    const { dice, faults, watch, switches, say } = bound(this.#world);
    const { process, ports } = sandbox;
    const drain = new AbortController();
    if (dice.chance(faults.handover)) process.clock.schedule(() => drain.abort(), dice.between(200, 15_000));
    try {
      const handle = switches.handle ?? handleMessage;
      const result = await handle(ports, ref, { drain: drain.signal });
      say(() => `${process.name}: ${result}`);
      if (result === "lost") this.#noteLost(process, ref);
    } catch (error) {
      say(() => `${process.name} fails: ${String(error)}`);
      if (!isExpected(error)) watch.violate("I3", `a worker failed with ${String(error)}`);
      watch.trouble.add(ref.run_id);
      if (receives < MAX_RECEIVES) this.#deliver(ref, dice.between(20_000, 90_000), receives + 1);
    }
    process.begin(undefined);
    this.#idle.push(sandbox);
  }

  /** A worker that stopped although nobody has taken its run could not extend the lease in time. */
  #noteLost(process: Process, { thread_id, run_id }: RunRef): void {
    const { table, watch } = this.#world;
    const owner = table.get(runKey(thread_id, run_id))?.["owner"];
    if (typeof owner === "string" && owner.startsWith(`${process.name}#`)) watch.trouble.add(run_id);
  }
}

const bound = (world: World) => ({
  dice: world.dice,
  faults: world.faults,
  watch: world.watch,
  switches: world.switches,
  say: (text: () => string) => world.say(text),
});
