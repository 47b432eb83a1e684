/** A thread that an old LangGraph has left in the middle goes on under a newer one: sends, interrupt and messages in the old format. */
import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { begin, eventsOf, LOG, serveVersion } from "./describe-version.ts";

test.each([["0.2.74", "1.4.10"]])("from %s to %s", async (old, newer) => {
  const data = mkdtempSync(join(tmpdir(), "threadline-upgrade-"));
  const before = await serveVersion(old, {}, data);
  const { thread_id } = await before.client.threads.create();
  await eventsOf(before, thread_id, "journey-esm", begin);
  await before.stop();

  const after = await serveVersion(newer, {}, data);
  const stopped = await after.client.threads.getState(thread_id);
  await eventsOf(after, thread_id, "journey-esm", { command: { resume: "left" } });
  await eventsOf(after, thread_id, "journey-esm", { command: { resume: "long" } });
  const { values, next } = await after.client.threads.getState<{ log: string[] }>(thread_id);
  await after.stop();
  await rm(data, { recursive: true });

  expect(stopped.next).toEqual(["part"]);
  expect(stopped.tasks).toHaveLength(2);
  expect(next).toEqual([]);
  expect(values.log).toEqual(LOG);
});
