/**
 * Runs the steps of a client. Each prints a line of JSON (see ../results.ts): `ok`, `no call for it`, or `failed` with the reason. A step that
 * fails does not stop the others.
 */
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

export const url = process.env.THREADLINE_URL;

/** @param name of the installed package that is the client */
export function clientOf(client, name) {
  const { version } = JSON.parse(readFileSync(new URL(`./node_modules/${name}/package.json`, import.meta.url), "utf8"));
  const say = (step, result, why) =>
    console.log(JSON.stringify({ client, package: name, version, step, result, ...(why && { why }) }));
  return {
    step: async (step, run) => {
      try {
        await run();
        say(step, "ok");
      } catch (error) {
        say(step, "failed", error.stack ?? String(error));
      }
    },
    noCall: (step, why) => say(step, "no call for it", why),
  };
}

const post = (path, body) =>
  fetch(url + path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

/** Lets the words of "slowly NAME" go on. */
export const openGate = (gate) => post("/runs/wait", { assistant_id: "open_gate", input: { gate } });

/** All words of "slowly NAME". */
export const WORDS = Array.from({ length: 40 }, (_, n) => `w${n + 1} `).join("");

/** Resolves with the status of a thread's newest run once it has ended. */
export async function endOf(threadId) {
  for (; ; await pause(50)) {
    const [run] = await (await fetch(`${url}/threads/${threadId}/runs`)).json();
    if (run && run.status !== "running" && run.status !== "pending") return run.status;
  }
}
