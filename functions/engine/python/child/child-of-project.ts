/** The child of a project: started at its first use, and again after it has died. */
import { type Child, startChild } from "./child.ts";

export interface ProjectChild {
  /** Rejects if it does not start, or lacks what it needs. */
  get(): Promise<Child>;
  /** No new one is started. The present one ends when its calls have ended. */
  close(): void;
}

export interface ProjectChildOptions {
  /** The interpreter; absent = the machine has none for this project. */
  python: string | undefined;
  environment: () => Promise<Record<string, string | undefined>>;
  /** The first call: what the child serves. */
  hello: object;
}

/** Settings of ours are not for graphs. */
const PREFIX = "THREADLINE_";

export function childOf({ python, environment, hello }: ProjectChildOptions): ProjectChild {
  let current: Promise<Child> | undefined;
  let alive: Child | undefined;
  let isClosed = false;

  const start = async (): Promise<Child> => {
    if (isClosed) throw new Error("another build of the project is served now");
    if (python === undefined) throw new Error("there is no Python with langgraph for this project");
    const env = Object.entries(await environment()).filter(([name]) => !name.startsWith(PREFIX));
    const child = startChild({ python, env: Object.fromEntries(env) });
    try {
      await child.call("hello", hello).answer;
    } catch (error) {
      child.end();
      throw error;
    }
    alive = child;
    if (isClosed) child.retire();
    return child;
  };
  return {
    get() {
      if (current && !alive?.isGone()) return current;
      alive = undefined;
      const starting = start();
      current = starting;
      starting.catch(() => {
        if (current === starting) current = undefined;
      });
      return starting;
    },
    close() {
      isClosed = true;
      alive?.retire();
    },
  };
}
