/**
 * LangGraph's own validation suite for checkpointers, whole for a saver that may remember nothing; what can be
 * answered from memory once more for the saver of a run.
 */
import * as lg from "@langchain/langgraph";
import {
  deltaChannelHistoryTests,
  getTupleTests,
  putTests,
  putWritesTests,
  validate,
} from "@langchain/langgraph-checkpoint-validation";
import { createCheckpointStore } from "../../functions/aws/checkpoint/checkpoint-store.ts";
import type { CheckpointStore } from "../../functions/core/checkpoint/checkpoint-port.ts";
import { createSaver, type SaverOptions } from "../../functions/engine/javascript/checkpoint/saver.ts";
import { createTable } from "../../local/create-table.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";

let db: TestTable;
let tables = 0;
beforeAll(async () => {
  db = await startTable();
});
afterAll(async () => {
  await db.stop();
});

/** Thread ids that went through a store: the suite lists over all threads, which the server never does. */
function remembering(store: CheckpointStore): { store: CheckpointStore; ids: Set<string> } {
  const ids = new Set<string>();
  const putHead: CheckpointStore["putHead"] = async (head) => {
    await store.putHead(head);
    ids.add(head.thread_id);
  };
  return { ids, store: { ...store, putHead } };
}

/** The suite uses the same thread ids again and asks for isolated state: a table for each saver. */
function initializer(checkpointerName: string, options: Omit<SaverOptions, "store">) {
  return {
    checkpointerName,
    createCheckpointer: async () => {
      const table = `suite-${tables++}`;
      await createTable(db.client, table);
      const { store, ids } = remembering(createCheckpointStore({ ...db, table }));
      const threadIds = async function* () {
        yield* ids;
      };
      return createSaver(lg, { store, threadIds, ...options });
    },
  };
}

validate(initializer("Saver", {}));
deltaChannelHistoryTests(initializer("Saver", {}));

// Lists are read from the store in any case.
const ofRun = initializer("Saver of a run", { claim: { log_start: 1, epoch: 1 } });
for (const tests of [putTests, putWritesTests, getTupleTests, deltaChannelHistoryTests]) tests(ofRun);
