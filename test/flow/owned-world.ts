/** What one user of test/fixtures/auth has: threads, runs, an assistant, crons and items, all of them with a secret. Must not assert. */
import { Client } from "@langchain/langgraph-sdk";

/** In everything that is the user's own, and nowhere else. */
export const SECRET = "only-ann-may-read-this";

export const clientOf = (url: string, user: string): Client =>
  new Client({
    apiUrl: url,
    apiKey: null,
    defaultHeaders: { authorization: `Bearer ${user}` },
    callerOptions: { maxRetries: 0 },
  });

/** Runs of `waits` go on when the store has this. */
const GATE = "gate of ann";

export interface World {
  /** Ended a run; its state has the secret. */
  thread: string;
  run: string;
  checkpoint: string;
  /** Waits for an answer. */
  asking: string;
  interrupt: string;
  /** Has a run at work. */
  busy: string;
  working: string;
  /** Without a thread of its own; kept. */
  kept: { thread_id: string; run_id: string };
  assistant: string;
  cron: string;
  threadCron: string;
}

const secret = { secret: SECRET };
const YEARLY = "0 0 1 1 *";

/** @param create by POST /runs: the SDK's types do not know every value of `on_completion` */
export async function ownedWorld(client: Client, create: (body: object) => Promise<Response>): Promise<World> {
  const [thread, asking, busy] = await Promise.all(
    [1, 2, 3].map(async () => (await client.threads.create({ metadata: secret })).thread_id),
  );
  if (thread === undefined || asking === undefined || busy === undefined) throw new Error("there is no thread");
  const { assistant_id: assistant } = await client.assistants.create({
    graphId: "tells",
    metadata: secret,
    context: secret,
    name: SECRET,
  });
  const made = await create({ assistant_id: "tells", input: secret, on_completion: "keep" });
  const kept = (await made.json()) as World["kept"];
  await client.runs.join(kept.thread_id, kept.run_id);
  await client.runs.wait(thread, "tells", { input: secret, metadata: secret });
  await client.runs.wait(asking, "asks", { input: secret });
  const working = await client.runs.create(busy, "waits", { input: { secret: GATE } });
  const [run] = await client.runs.list(thread);
  const { checkpoint } = await client.threads.getState(thread);
  const { interrupts } = await client.threads.get(asking);
  const cron = await client.crons.create("tells", { schedule: YEARLY, input: secret, metadata: secret });
  const threadCron = await client.crons.createForThread(thread, "tells", {
    schedule: YEARLY,
    input: secret,
    metadata: secret,
  });
  await client.store.putItem(["ann", "notes"], "secret", secret);
  return {
    thread,
    run: run?.run_id ?? "",
    checkpoint: checkpoint.checkpoint_id ?? "",
    asking,
    interrupt: Object.values(interrupts).flat()[0]?.id ?? "",
    busy,
    working: working.run_id,
    kept: { thread_id: kept.thread_id, run_id: kept.run_id },
    assistant,
    cron: cron.cron_id,
    threadCron: threadCron.cron_id,
  };
}

/** Everything that could have been changed or read, as its owner sees it. */
export async function lookedAt(client: Client, { thread, asking, busy, kept, assistant, cron, threadCron }: World) {
  const ids = [thread, asking, busy, kept.thread_id];
  return {
    threads: await Promise.all(ids.map((id) => client.threads.get(id))),
    states: await Promise.all(ids.map((id) => client.threads.getState(id))),
    history: await client.threads.getHistory(thread),
    runs: await Promise.all(ids.map((id) => client.runs.list(id))),
    assistant: await client.assistants.get(assistant),
    versions: await client.assistants.getVersions(assistant),
    crons: (await client.crons.search()).filter(({ cron_id }) => [cron, threadCron].includes(cron_id)),
    items: await client.store.searchItems(["ann", "notes"]),
  };
}
