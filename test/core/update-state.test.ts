/** An update of a thread's state beside what else happens to it: all of it is there, or nothing. */
import type { CheckpointStore } from "../../functions/core/checkpoint/checkpoint-port.ts";
import { updateState } from "../../functions/core/checkpoint/update-state.ts";
import { Unclear } from "../../functions/core/failure/failure.ts";
import type { UpdateRequest } from "../../functions/core/run/execute/engine-port.ts";
import { createThread } from "../../functions/core/thread/create-thread.ts";
import { deleteThread } from "../../functions/core/thread/delete-thread.ts";
import { StateUpdateBody, ThreadCreation } from "../../functions/protocol/state-update.ts";
import { type CorePorts, corePorts } from "../support/core-ports.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { completes, created } from "../support/run-steps.ts";

let table: TestTable;
beforeAll(async () => {
  table = await startTable();
});
afterAll(() => table.stop());

const encoded = (value: unknown) => ({ type: "json", elements: [Buffer.from(JSON.stringify(value))] });
const LARGE = "the same in both lives".repeat(200);
let ids = 0;

/** Puts one checkpoint with the update's values, some of them in a segment, and a pending write on the one before. */
async function putUpdate({ thread_id, claim, supersteps }: UpdateRequest, store: CheckpointStore) {
  const before = await store.head(thread_id, "");
  const checkpoint_id = `c${String(++ids).padStart(4, "0")}`;
  const at = { thread_id, ns: "", claim };
  const writes = [{ index: 0, channel: "text", value: encoded("written") }];
  if (before)
    await store.putWrites({ ...at, checkpoint_id: before.checkpoint_id, task_id: "t", task_path: "", writes });
  const channels = { text: encoded(supersteps[0]?.updates[0]?.values), large: encoded(LARGE) };
  await store.putHead({ ...at, checkpoint_id, metadata: {}, checkpoint: encoded({}), channels });
  const checkpoint = { thread_id, checkpoint_ns: "", checkpoint_id };
  return { kind: "updated" as const, checkpoint, head: { checkpoint_id }, interrupts: {} };
}

function openPorts(): CorePorts {
  const ports = corePorts(table, completes);
  return { ...ports, engine: { ...ports.engine, update: putUpdate } };
}

async function aThread(ports: CorePorts, thread_id: string = crypto.randomUUID()): Promise<string> {
  const body = ThreadCreation.parse({ thread_id, metadata: { graph_id: "scripted" } });
  expect((await createThread(ports, body)).kind).toBe("created");
  return thread_id;
}

const body = (text: string) => StateUpdateBody.parse({ values: { text } });

/** The texts of all visible checkpoints, newest first, as another process reads them. */
async function texts(thread_id: string): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const head of corePorts(table, completes).checkpoints.heads(thread_id, { ns: "" })) {
    expect(Buffer.concat(head.channels["large"]?.elements ?? []).toString()).toBe(JSON.stringify(LARGE));
    found.push((JSON.parse(Buffer.concat(head.channels["text"]?.elements ?? []).toString()) as { text: string }).text);
  }
  return found;
}

type Commit = CorePorts["updates"]["commit"];
const committing = (ports: CorePorts, commit: (really: Commit) => Commit): CorePorts => ({
  ...ports,
  updates: { commit: commit((update) => ports.updates.commit(update)) },
});

describe("updateState", () => {
  it.each(["before", "after"])("is applied once if the connection breaks %s the transaction", async (when) => {
    const ports = openPorts();
    const thread_id = await aThread(ports);
    let tries = 0;
    const flaky = committing(ports, (really) => async (update) => {
      if (tries++ > 0) return really(update);
      if (when === "after") await really(update);
      throw new Unclear("the connection broke");
    });

    const result = await updateState(flaky, thread_id, body("a"));

    expect(result.kind).toBe("updated");
    expect(await texts(thread_id)).toEqual(["a"]);
    expect((await ports.threads.get(thread_id))?.log_tail).toBe(1);
  });

  it("whose process ends before the transaction has left nothing, and the next one is not disturbed", async () => {
    const ports = openPorts();
    const thread_id = await aThread(ports);
    const before = await ports.threads.get(thread_id);
    const dying = committing(ports, () => () => Promise.reject(new Error("the process ends")));

    await expect(updateState(dying, thread_id, body("lost"))).rejects.toThrow("the process ends");

    expect(await texts(thread_id)).toEqual([]);
    expect(await ports.threads.get(thread_id)).toEqual(before);
    expect((await updateState(ports, thread_id, body("kept"))).kind).toBe("updated");
    expect(await texts(thread_id)).toEqual(["kept"]);
  });

  it("is refused if a run was created since the thread was read, and nothing of it shows", async () => {
    const ports = openPorts();
    const thread_id = await aThread(ports);
    const late = committing(ports, (really) => async (update) => {
      await created(ports, thread_id);
      return really(update);
    });

    const result = await updateState(late, thread_id, body("too late"));

    expect(result.kind).toBe("busy");
    expect(await texts(thread_id)).toEqual([]);
  });

  it("makes a run that is created meanwhile go on behind it: one of both is first, never neither", async () => {
    const ports = openPorts();
    const thread_id = await aThread(ports);

    const [result, run] = await Promise.all([updateState(ports, thread_id, body("a")), created(ports, thread_id)]);

    const slots = await ports.log.read(thread_id, 0, { consistent: true });
    const updated = result.kind === "updated";
    expect(["updated", "busy"]).toContain(result.kind);
    expect(slots.map(({ nonce }) => nonce.split(".")[1])).toEqual(updated ? ["update", "first"] : ["first"]);
    expect((await ports.runs.get(run))?.log_start).toBe(updated ? 2 : 1);
  });

  it("of a thread that was deleted meanwhile is 404, and a new life of the id does not show it", async () => {
    const ports = openPorts();
    const thread_id = await aThread(ports);
    await updateState(ports, thread_id, body("old"));
    const late = committing(ports, (really) => async (update) => {
      await deleteThread(ports, thread_id);
      return really(update);
    });

    const result = await updateState(late, thread_id, body("too late"));
    await aThread(ports, thread_id);

    expect(result.kind).toBe("not_found");
    expect(await texts(thread_id)).toEqual([]);
  });

  it("of a new life of an id stays when the old one is cleared after it; what the old one had goes", async () => {
    const ports = openPorts();
    const thread_id = await aThread(ports);
    await updateState(ports, thread_id, body("old"));
    const { checkpoints } = ports;
    const removeUntil: typeof checkpoints.removeUntil = async (...args) => {
      await aThread(ports, thread_id);
      expect((await updateState(ports, thread_id, body("new"))).kind).toBe("updated");
      await checkpoints.removeUntil(...args);
    };

    await deleteThread({ ...ports, checkpoints: { ...checkpoints, removeUntil } }, thread_id);

    expect(await texts(thread_id)).toEqual(["new"]);
  });
});
