/**
 * One execution environment: a process under AWS's runtime client, and the runtime API that it polls. It has one invocation at a time, is
 * frozen in between, and is killed at the function's time-out.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate } from "node:timers/promises";
import { SECOND } from "../../functions/core/units.ts";
import { systemClock } from "../../functions/host/clock-and-ids.ts";
import { hiddenLoopback } from "../hidden-loopback.ts";
import { LAST_WORDS } from "../timings.ts";
import type { FunctionConfig } from "./function-config.ts";
import { failed, type FunctionError, type Outcome, type ResponseSink } from "./outcome.ts";
import { processOptions } from "./process-options.ts";
import { INITIALISATION, NO_RESPONSE_AFTER } from "./timings.ts";

export interface EnvironmentEvents {
  /** The runtime waits for its next invocation. Not called before its first one. */
  idle(environment: Environment): void;
  exited(environment: Environment): void;
}

interface Current {
  id: string;
  sink: ResponseSink;
  /** The response has begun: it ends when its connection does, with all that was written before. */
  streaming: boolean;
  done: (outcome: Outcome) => void;
  timer: NodeJS.Timeout;
}

const ROUTE = /^\/2018-06-01\/runtime\/(?:(invocation\/next)|(init\/error)|invocation\/([^/]+)\/(response|error))$/;

export class Environment {
  /** `finishing`: the response is out, the handler or the runtime is still at work. */
  state: "starting" | "idle" | "busy" | "finishing" | "dead" = "starting";
  readonly #config: FunctionConfig;
  readonly #temporary: string;
  readonly #events: EnvironmentEvents;
  readonly #server: Server;
  readonly #started = Promise.withResolvers<void>();
  #child: ChildProcess | undefined;
  #poll: ServerResponse | undefined;
  #current: Current | undefined;
  #initError: FunctionError | undefined;
  #words = "";
  #frozen = false;
  #stopped = false;

  /** @param temporary folder of its own, as Lambda gives each environment a /tmp */
  constructor(config: FunctionConfig, temporary: string, events: EnvironmentEvents) {
    this.#config = config;
    this.#temporary = temporary;
    this.#events = events;
    this.#server = createServer((req, res) => void this.#route(req, res).catch(() => req.destroy()));
    Object.assign(this.#server, { requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 0 });
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** @returns undefined when it is ready for its first invocation, else the reason why it is not */
  async start(): Promise<FunctionError | undefined> {
    const host = await hiddenLoopback();
    await once(this.#server.listen(0, host), "listening");
    const { port } = this.#server.address() as AddressInfo;
    if (this.#stopped) return { errorType: "Runtime.ExitError", errorMessage: "stopped" };
    const { args, env } = processOptions(this.#config, { api: `${host}:${port}`, temporary: this.#temporary });
    // A process group of its own: Ctrl-C does not reach it, and its own children are stopped with it.
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"], env, detached: true });
    this.#child = child;
    if (child.pid !== undefined) this.#config.reaper.watch(child.pid);
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        this.#words = (this.#words + text).slice(-LAST_WORDS);
        this.#config.print(text);
      });
    child.once("error", (error) => this.#onExit(error.message));
    child.once("exit", (code, signal) => this.#onExit(`exited with ${signal ?? code}`));
    const slow = setTimeout(() => this.stop(), Math.max(INITIALISATION, this.#config.timeout * SECOND));
    try {
      await this.#started.promise;
      return undefined;
    } catch (error) {
      return this.#initError ?? { errorType: "Runtime.ExitError", errorMessage: `${String(error)}\n${this.#words}` };
    } finally {
      clearTimeout(slow);
    }
  }

  /** Only while idle. Resolves when the response is out, which may be before the environment is idle again. */
  invoke(event: unknown, sink: ResponseSink): Promise<Outcome> {
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const poll = this.#poll;
    if (this.state !== "idle" || !poll) return Promise.resolve(failed("Runtime.ExitError", "the environment is gone"));
    const id = randomUUID();
    const { timeout, name } = this.#config;
    this.state = "busy";
    this.#poll = undefined;
    const timer = setTimeout(() => this.#timeOut(), timeout * 1_000);
    this.#current = { id, sink, streaming: false, done: resolve, timer };
    if (this.#frozen) this.#signal("SIGCONT");
    this.#frozen = false;
    poll.writeHead(200, {
      "content-type": "application/json",
      "lambda-runtime-aws-request-id": id,
      "lambda-runtime-deadline-ms": String(systemClock.now() + timeout * 1_000),
      "lambda-runtime-invoked-function-arn": `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
      "lambda-runtime-trace-id": `Root=1-${id.slice(0, 8)}-${id.replaceAll("-", "").slice(0, 24)};Sampled=0`,
    });
    poll.end(JSON.stringify(event));
    return promise;
  }

  /** Kills the process and all its children. */
  stop(): void {
    this.#stopped = true;
    this.#signal("SIGKILL");
  }

  #signal(signal: NodeJS.Signals): void {
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // It has ended already, and its exit event reports that.
    }
  }

  #timeOut(): void {
    const { timeout } = this.#config;
    this.#config.print(`Task timed out after ${timeout.toFixed(2)} seconds\n`);
    this.#finish(failed("Sandbox.Timedout", `Task timed out after ${timeout.toFixed(2)} seconds`));
    this.stop();
  }

  #onExit(how: string): void {
    if (this.state === "dead") return;
    this.state = "dead";
    this.#signal("SIGKILL");
    if (this.#child?.pid !== undefined) this.#config.reaper.forget(this.#child.pid);
    this.#started.reject(how);
    this.#events.exited(this);
    void this.#failUnlessStreaming(failed("Runtime.ExitError", how));
  }

  /** A busy host may learn that the process has ended before it has read what the process sent: all connections are read first. */
  async #failUnlessStreaming(outcome: Outcome): Promise<void> {
    await setImmediate();
    await setImmediate();
    this.#server.close();
    if (!this.#current?.streaming) await once(this.#server, "close");
    if (!this.#current?.streaming) this.#finish(outcome);
  }

  #finish(outcome: Outcome): void {
    const current = this.#current;
    if (!current) return;
    this.#current = undefined;
    clearTimeout(current.timer);
    if (this.state === "busy") this.state = "finishing";
    current.done(outcome);
    this.#becomeIdle();
  }

  async #route(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const [, next, init, id, kind] = ROUTE.exec(req.url ?? "") ?? [];
    if (next) return this.#onPoll(res);
    if (init) {
      this.#initError = JSON.parse(String(await bodyOf(req))) as FunctionError;
      res.writeHead(202).end();
      return;
    }
    const current = this.#current;
    if (current === undefined || current.id !== id) {
      req.resume();
      res.writeHead(400, { "content-type": "application/json" });
      res.end('{"errorMessage":"Invalid request ID","errorType":"InvalidRequestID"}');
      return;
    }
    if (req.headers["lambda-runtime-function-response-mode"] === "streaming") return this.#onStream(req, res, current);
    const body = await bodyOf(req);
    res.writeHead(202).end('{"status":"OK"}');
    if (kind === "response") this.#finish({ kind: "answered", body });
    else this.#finish({ kind: "failed", error: JSON.parse(String(body)) as FunctionError });
  }

  /** The runtime does not wait for the errors that it reports. They may arrive after its next poll, or never if it has cut its stream. */
  #onPoll(res: ServerResponse): void {
    this.#poll = res;
    if (this.state === "starting") {
      this.state = "idle";
      return this.#started.resolve();
    }
    const current = this.#current;
    if (!current || current.streaming) return this.#becomeIdle();
    setTimeout(() => {
      if (this.#current === current && !current.streaming)
        this.#finish(failed("Runtime.NoResponse", "the runtime went on without a response"));
    }, NO_RESPONSE_AFTER);
  }

  #becomeIdle(): void {
    if (!this.#poll || this.#current || this.state === "dead") return;
    this.state = "idle";
    this.#events.idle(this);
    if (this.#config.freeze) void setImmediate().then(() => this.#freeze());
  }

  /** Does nothing if the environment has been invoked again meanwhile. */
  #freeze(): void {
    if (this.state !== "idle") return;
    this.#frozen = true;
    this.#signal("SIGSTOP");
  }

  /** Chunks are passed on in the turn in which they come: what was written before an abort must not be lost with it. */
  #onStream(req: IncomingMessage, res: ServerResponse, current: Current): void {
    const { sink } = current;
    current.streaming = true;
    sink.start(req.headers["content-type"] ?? "application/octet-stream");
    req.on("data", (chunk: Buffer) => {
      const room = sink.write(chunk);
      if (!room) return;
      req.pause();
      void room.then(() => req.resume());
    });
    req.on("error", () => undefined);
    req.on("close", () => {
      if (req.complete) return;
      this.#finish(failed("Runtime.StreamAborted", "the response stream was closed before its last chunk"));
    });
    req.on("end", () => {
      const type = req.trailers["lambda-runtime-function-error-type"];
      const detail = req.trailers["lambda-runtime-function-error-body"];
      res.writeHead(202).end('{"status":"OK"}');
      if (type === undefined) return this.#finish({ kind: "streamed" });
      const text = detail && Buffer.from(detail, "base64").toString();
      const error = text ? (JSON.parse(text) as FunctionError) : { errorType: type };
      this.#finish({ kind: "failed", error, inStream: true });
    });
  }
}

async function bodyOf(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
