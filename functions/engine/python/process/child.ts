/**
 * A Python process that runs graphs (`child/`), and the calls in both directions. It has no port and no file: it talks over a socket pair,
 * and whoever sees the end of it knows that the other has gone.
 */
import { spawn } from "node:child_process";
import type { Duplex, Readable } from "node:stream";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { PYTHON_CHILD } from "../../../protocol/compiled.ts";
import { LAST_WORDS, RETIRE_AFTER } from "../timings.ts";
import { encodeFrame, FrameReader, type Header } from "./frames.ts";
import { type ProjectOutput, readOutput, terminalOutput } from "./output.ts";

/** A bundle has the child's code beside it, and runs in a function, whose processes are stopped and ended together. */
const IS_BUNDLE = extname(import.meta.url) === ".mjs";
const CODE = fileURLToPath(new URL(IS_BUNDLE ? PYTHON_CHILD : "../child", import.meta.url));
const SOCKET = 3;

export interface ChildOptions {
  /** The interpreter. */
  python: string;
  env: Record<string, string | undefined>;
  /** The project's folder, in which a crash is placed. */
  dir: string;
  /** Default: this process's own stdout and stderr. */
  output?: ProjectOutput | undefined;
}

/** The child has ended before it answered. */
export class ChildGone extends Error {
  override name = "ChildGone";
}

/** What the child's code has thrown: the class of the error, its text, and the project's line. */
export class ChildError extends Error {
  readonly at: string | undefined;

  constructor({ error, message, at }: { error: string; message: string; at?: string }) {
    super(message);
    this.name = error;
    this.at = at;
  }
}

export interface Answer {
  ok: unknown;
  blobs?: readonly Uint8Array[];
}

/** What the child may ask and tell while it works on a call. */
export interface Scope {
  /** Called in the order in which the child asks. */
  answer(header: Header, blobs: Buffer[]): Promise<Answer>;
  /** @param data JSON text */
  event?(header: Header, data: string): void;
}

export interface Call {
  /** Rejects with ChildError or ChildGone. */
  answer: Promise<unknown>;
  /** A notice about the call. */
  notify(op: "abort" | "drain"): void;
}

export interface Child {
  pid: number | undefined;
  call(op: string, fields: object, scope?: Scope): Call;
  isGone(): boolean;
  /** No call is under way. */
  isIdle(): boolean;
  /** Kills it; calls under way reject. */
  end(): void;
  /** It ends itself within seconds, after what the project's code wants to do then; calls under way reject. */
  leave(): void;
  /** It leaves when no call has been under way for a while: whoever has it may be about to call. */
  retire(): void;
}

interface Waiting extends PromiseWithResolvers<unknown> {
  scope: Scope | undefined;
}

const ENDED = { name: "Error", message: "The call has ended; code of the project went on." };

/** The child neither keeps this process alive nor outlives it. */
export function startChild({ python, env, dir, output = terminalOutput }: ChildOptions): Child {
  const child = spawn(python, ["-X", "utf8", "-X", "faulthandler", "-u", CODE], {
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    env,
    // Ctrl-C in a terminal reaches the whole group; the child ends when this process does.
    detached: !IS_BUNDLE,
  });
  child.unref();
  const said = readOutput(output, dir);
  for (const stream of ["stdout", "stderr"] as const) {
    // A pipe, which Node does not say.
    const pipe = child[stream] as Readable & { unref(): void };
    pipe.unref();
    pipe.on("data", (chunk: Buffer) => said.take(stream, chunk)).on("end", () => said.end(stream));
  }
  // Node makes a duplex socket of it; its types know only of streams.
  const socket = child.stdio[SOCKET] as Duplex & { unref(): void };
  socket.unref();
  const calls = new Map<number, Waiting>();
  const reader = new FrameReader();
  let last = 0;
  let gone: ChildGone | undefined;
  let isRetired = false;
  let isEnding = false;
  const end = (): void => void child.kill("SIGKILL");
  const lose = (why: string): void => {
    if (gone) return;
    gone = new ChildGone(why);
    for (const { reject } of calls.values()) reject(gone);
    calls.clear();
    socket.destroy();
  };
  const leave = (): void => lose("another Python process is used now");
  const endIfIdle = (): void => {
    const timer = setTimeout(() => calls.size === 0 && leave(), RETIRE_AFTER);
    timer.unref();
  };
  const send = (header: Header, blobs?: readonly Uint8Array[]): void => {
    if (!gone) socket.write(encodeFrame(header, blobs));
  };
  const serve = async (header: Header, blobs: Buffer[]): Promise<void> => {
    const { id } = header;
    const scope = scopeOf(header);
    if (id === undefined) return;
    if (!scope) return send({ id, error: ENDED });
    try {
      const { ok, blobs: given } = await scope.answer(header, blobs);
      send({ id, ok: ok ?? null }, given);
    } catch (error) {
      const { name, message } = error instanceof Error ? error : { name: "Error", message: String(error) };
      send({ id, error: { name, message } });
    }
  };
  const scopeOf = (header: Header): Scope | undefined => calls.get(Number(header["for"]))?.scope;
  const take = (header: Header, blobs: Buffer[]): void => {
    if (header.op === "event") {
      const scope = scopeOf(header);
      return blobs.forEach((blob) => scope?.event?.(header, blob.toString()));
    }
    if (header.op !== undefined) return void serve(header, blobs);
    const call = calls.get(header.id ?? 0);
    calls.delete(header.id ?? 0);
    const { error } = header;
    if (error) call?.reject(new ChildError(error as ConstructorParameters<typeof ChildError>[0]));
    else call?.resolve(JSON.parse(blobs[0]?.toString() ?? "null") as unknown);
    if (isRetired) endIfIdle();
  };

  socket.on("data", (chunk: Buffer) => {
    for (const { header, blobs } of reader.read(chunk)) take(header, blobs);
  });
  socket.on("error", () => undefined);
  const ended = (how = ""): string => {
    const crash = said.crash();
    return `the Python process has ended${how}${crash === undefined ? "" : `: ${crash}`}`;
  };
  const loseSoon = (how?: string): void => {
    isEnding = true;
    setTimeout(() => lose(ended(how)), LAST_WORDS).unref();
  };
  socket.on("close", () => loseSoon());
  child.on("error", (error) => lose(`${python} does not start: ${error.message}`));
  child.on("exit", (code, signal) => loseSoon(` (${signal ?? `exit code ${code}`})`));
  // All that it said has been read.
  child.on("close", (code, signal) => lose(ended(` (${signal ?? `exit code ${code}`})`)));

  return {
    pid: child.pid,
    call(op, fields, scope) {
      const waiting = { ...Promise.withResolvers<unknown>(), scope };
      const id = ++last;
      if (gone) waiting.reject(gone);
      else calls.set(id, waiting);
      send({ ...fields, op, id });
      return { answer: waiting.promise, notify: (notice) => send({ op: notice, for: id }) };
    },
    isGone: () => isEnding || gone !== undefined,
    isIdle: () => calls.size === 0,
    end,
    leave,
    retire() {
      isRetired = true;
      endIfIdle();
    },
  };
}
