/** The environments of a function: a free one if there is one, else a new one (a cold start), up to the function's concurrency. */
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { IDLE_WAIT } from "./timings.ts";
import { Environment } from "./environment.ts";
import type { FunctionConfig } from "./function-config.ts";
import { failed, type Invoked, type Outcome, type ResponseSink } from "./outcome.ts";

/** How the names of the environments' folders for temporary files begin. */
export const TEMPORARY = "tmp-";
/** A process that was killed a moment ago may still write. */
const REMOVAL = { recursive: true, force: true, maxRetries: 5 };
const NOWHERE: ResponseSink = { start: () => undefined, write: () => undefined };

export class Pool {
  /** Cold starts so far. */
  cold = 0;
  readonly #config: FunctionConfig;
  readonly #all = new Set<Environment>();
  /** Folder for temporary files of each that has started. */
  readonly #temporary = new Map<Environment, string>();
  /** Free environments in the order of their last use, each with the timer that ends it. */
  readonly #idle = new Map<Environment, NodeJS.Timeout>();
  readonly #waiting: ((environment: Environment | undefined) => void)[] = [];
  #stopped = false;

  constructor(config: FunctionConfig) {
    this.#config = config;
  }

  /** Never rejects. Without a sink a streamed response is thrown away. */
  async invoke(event: unknown, sink: ResponseSink = NOWHERE): Promise<Invoked> {
    const environment = await this.#acquire();
    return environment instanceof Environment ? environment.invoke(event, sink) : environment;
  }

  /** Kills every environment; their invocations fail. */
  stop(): void {
    this.#stopped = true;
    for (const environment of this.#all) environment.stop();
  }

  async #acquire(): Promise<Environment | (Outcome & { kind: "failed" }) | { kind: "throttled" }> {
    const free = this.#takeIdle() ?? (await this.#soonIdle());
    if (free) return free;
    if (this.#stopped) return failed("Runtime.ExitError", "the host has stopped");
    if (this.#all.size >= this.#config.concurrency) return { kind: "throttled" };
    this.cold++;
    const temporary = mkdtempSync(join(this.#config.taskRoot, TEMPORARY));
    const first = await this.#start(temporary);
    // As on Lambda, an initialisation that failed is repeated once within the invocation.
    const started = first instanceof Environment || this.#stopped ? first : await this.#start(temporary);
    if (started instanceof Environment) this.#temporary.set(started, temporary);
    else rmSync(temporary, REMOVAL);
    return started;
  }

  async #start(temporary: string): Promise<Environment | (Outcome & { kind: "failed" })> {
    const environment = new Environment(this.#config, temporary, {
      idle: (one) => this.#release(one),
      exited: (one) => this.#remove(one),
    });
    this.#all.add(environment);
    const error = await environment.start();
    if (error === undefined) return environment;
    this.#remove(environment);
    environment.stop();
    return { kind: "failed", error };
  }

  #takeIdle(): Environment | undefined {
    const environment = [...this.#idle.keys()].at(-1);
    if (environment) this.#leaveIdle(environment);
    return environment;
  }

  #leaveIdle(environment: Environment): void {
    clearTimeout(this.#idle.get(environment));
    this.#idle.delete(environment);
  }

  /** A response is sent before its runtime polls again. A client that calls again at once must not cause a cold start. */
  async #soonIdle(): Promise<Environment | undefined> {
    if (this.#finishing() <= this.#waiting.length) return undefined;
    const { promise, resolve } = Promise.withResolvers<Environment | undefined>();
    this.#waiting.push(resolve);
    const timer = setTimeout(() => {
      this.#waiting.splice(this.#waiting.indexOf(resolve), 1);
      resolve(undefined);
    }, IDLE_WAIT);
    return promise.finally(() => clearTimeout(timer));
  }

  #finishing(): number {
    return [...this.#all].filter(({ state }) => state === "finishing").length;
  }

  #release(environment: Environment): void {
    const waiting = this.#waiting.shift();
    if (waiting) return waiting(environment);
    const timer = setTimeout(() => this.#expire(environment), this.#config.keepIdle);
    this.#idle.set(environment, timer.unref());
  }

  #expire(environment: Environment): void {
    this.#leaveIdle(environment);
    environment.stop();
  }

  #remove(environment: Environment): void {
    this.#leaveIdle(environment);
    this.#all.delete(environment);
    const temporary = this.#temporary.get(environment);
    if (temporary !== undefined) rmSync(temporary, REMOVAL);
    this.#temporary.delete(environment);
    // Whoever waits for it would wait in vain.
    if (this.#waiting.length > this.#finishing()) this.#waiting.shift()?.(undefined);
  }
}
