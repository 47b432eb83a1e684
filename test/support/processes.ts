/**
 * Workers as processes that die or freeze at one of their calls: every port of theirs passes through here. Must not know what they do,
 * nor change what a call does.
 */
import type { CorePorts } from "./core-ports.ts";

export interface PortCall {
  /** From 1, over all ports of the process. */
  n: number;
  /** `runs.finish` */
  name: string;
}

export type Around = (call: PortCall, carryOut: () => Promise<unknown>) => Promise<unknown>;

type Asynchronous = Record<string, (...args: unknown[]) => Promise<unknown>>;

const PORTS = ["log", "threads", "runs", "inputs", "webhooks", "queue", "checkpoints", "sender"] as const;
/** Not promises, or no more than a hint. */
const PASSED = new Set(["checkpoints.heads", "log.changed", "sender.complaint", "sender.isSlow"]);

/** The same ports, each call handed to `around`, which decides whether, when and how often it is carried out. */
export function interpose(ports: CorePorts, around: Around): CorePorts {
  let n = 0;
  const wrapped = PORTS.map((port) => {
    const methods = ports[port] as unknown as Asynchronous;
    const through = Object.entries(methods).map(([method, call]): [string, unknown] => {
      const name = `${port}.${method}`;
      if (PASSED.has(name)) return [method, call];
      return [method, (...args: unknown[]) => around({ n: ++n, name }, () => call(...args))];
    });
    return [port, Object.fromEntries(through)];
  });
  return { ...ports, ...(Object.fromEntries(wrapped) as Pick<CorePorts, (typeof PORTS)[number]>) };
}

/** The same ports, and a wait until none of their calls is under way: then only time can make anything happen. */
export function counting(ports: CorePorts): { ports: CorePorts; quiet: () => Promise<void> } {
  let underWay = 0;
  const counted = interpose(ports, async (_, carryOut) => {
    underWay++;
    return carryOut().finally(() => underWay--);
  });
  return {
    ports: counted,
    async quiet() {
      for (let turns = 0; turns < QUIET_TURNS; turns = underWay > 0 ? 0 : turns + 1)
        await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

/** Turns of the event loop in which an answer becomes the next call. */
const QUIET_TURNS = 5;

/** Time passes in small steps, as it does: each when what the one before has begun is done. */
export async function pass(ports: CorePorts, quiet: () => Promise<void>, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += PASS_STEP) {
    ports.advance(PASS_STEP);
    await quiet();
  }
}

/** ms. */
export const PASS_STEP = 500;

export type When = "before" | "after";
export type At = (call: PortCall) => boolean;

/** The n-th call of this name. */
export function nth(name: string, n = 1): At {
  let count = 0;
  return (call) => call.name === name && ++count === n;
}
export const noCall: At = () => false;
export const callNumber =
  (n: number): At =>
  (call) =>
    call.n === n;

const never = () => new Promise<never>(() => undefined);

export interface Mortal {
  ports: CorePorts;
  died: Promise<PortCall>;
  /** Between two calls. */
  kill: () => void;
}

/** SIGKILL before the call leaves, or after it was carried out: no call is made and no answer comes any more. */
export function dying(ports: CorePorts, at: At, when: When = "before"): Mortal {
  const death = Promise.withResolvers<PortCall>();
  let dead = false;
  const die = (call: PortCall) => {
    dead = true;
    death.resolve(call);
  };
  const mortal = interpose(ports, async (call, carryOut) => {
    if (dead) return never();
    const last = at(call);
    if (last && when === "before") die(call);
    if (dead) return never();
    const answer = await carryOut();
    if (last) die(call);
    return dead ? never() : answer;
  });
  const sleep: CorePorts["clock"]["sleep"] = async (...args) => {
    await ports.clock.sleep(...args);
    if (dead) await never();
  };
  const kill = () => die({ n: 0, name: "" });
  return { ports: { ...mortal, clock: { ...ports.clock, sleep } }, died: death.promise, kill };
}

/** SIGSTOP at the call, until it is thawed: the call waits, or its answer does, and so do all that follow. */
export function freezing(
  ports: CorePorts,
  at: At,
  when: When,
): { ports: CorePorts; frozen: Promise<PortCall>; thaw: () => void } {
  const frost = Promise.withResolvers<PortCall>();
  const thawed = Promise.withResolvers<void>();
  let gate: Promise<void> | undefined;
  const freeze = (call: PortCall) => {
    gate ??= thawed.promise;
    frost.resolve(call);
  };
  const frozen = interpose(ports, async (call, carryOut) => {
    await gate;
    const stops = at(call);
    if (stops && when === "before") freeze(call);
    await gate;
    const answer = await carryOut();
    if (stops) freeze(call);
    await gate;
    return answer;
  });
  const sleep: CorePorts["clock"]["sleep"] = async (...args) => {
    await ports.clock.sleep(...args);
    await gate;
  };
  return { ports: { ...frozen, clock: { ...ports.clock, sleep } }, frozen: frost.promise, thaw: thawed.resolve };
}
