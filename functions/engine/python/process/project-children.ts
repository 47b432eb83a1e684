/**
 * The children of a project. The first, started at its first use and again after it has died, runs everything. While a node blocks its
 * event loop, what is new goes to another one, which is kept for a while.
 */
import { MAX_CHILDREN, SPARE_FOR } from "../timings.ts";
import { type Child, startChild } from "./child.ts";
import { eventLoopOf } from "./event-loop.ts";
import type { ProjectOutput } from "./output.ts";
import type { Hello } from "./hello.ts";

export interface ProjectChildren {
  /** The one for the next calls. Rejects if it does not start, or lacks what it needs. */
  get(): Promise<Child>;
  /** No new one is started. Those that run end when their calls have ended. */
  close(): void;
}

export interface ProjectChildrenOptions {
  /** The interpreter; absent = the machine has none for this project. */
  python: string | undefined;
  environment: () => Promise<Record<string, string | undefined>>;
  hello: Hello;
  /** Takes what the project's code says. */
  output?: ProjectOutput | undefined;
}

/** One that starts or runs. */
interface Member {
  child: Promise<Child>;
  /** Resolves to false while a node blocks it, and when it has gone. */
  turns(): Promise<boolean>;
}

/** Settings of ours are not for graphs. */
const PREFIX = "THREADLINE_";

/** Nothing is started before it is used. */
export function openChildren({ python, environment, hello, output }: ProjectChildrenOptions): ProjectChildren {
  /** The oldest first. */
  let members: Member[] = [];
  let isClosed = false;
  const leave = (gone: Member): void => void (members = members.filter((member) => member !== gone));

  const start = async (): Promise<Child> => {
    if (isClosed) throw new Error("another build of the project is served now");
    if (python === undefined) throw new Error("there is no Python with langgraph for this project");
    const env = Object.entries(await environment()).filter(([name]) => !name.startsWith(PREFIX));
    const child = startChild({ python, env: Object.fromEntries(env), dir: hello.dir, output });
    try {
      await child.call("hello", hello).answer;
    } catch (error) {
      child.end();
      throw error;
    }
    if (isClosed) child.retire();
    return child;
  };

  const join = (): Member => {
    const child = start();
    const loop = child.then(eventLoopOf);
    const member: Member = {
      child,
      async turns() {
        const its = await child.catch(() => undefined);
        // It did not start: whoever waits for it is told why.
        if (!its) return true;
        if (its.isGone()) leave(member);
        return (await loop).turns();
      },
    };
    for (const starting of [child, loop]) starting.catch(() => leave(member));
    if (members.length > 0) {
      const timer = setTimeout(() => {
        leave(member);
        child.then((its) => its.retire()).catch(() => undefined);
      }, SPARE_FOR);
      timer.unref();
    }
    members.push(member);
    return member;
  };

  return {
    async get() {
      const asked = new Set<Member>();
      // Somebody else may start one meanwhile.
      const next = (): Member | undefined => members.find((one) => !asked.has(one));
      for (let member = next(); member; member = next()) {
        asked.add(member);
        if (await member.turns()) return member.child;
      }
      const [first] = members;
      // All are blocked: one more would not be better off.
      const chosen = first && members.length >= MAX_CHILDREN ? first : join();
      return chosen.child;
    },
    close() {
      isClosed = true;
      for (const { child } of members) child.then((its) => its.retire()).catch(() => undefined);
    },
  };
}
