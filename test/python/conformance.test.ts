/** LangGraph's own suite for checkpointers in Python, over the socket of a child, on the real adapters and a real table. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Duplex, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { createCheckpointStore } from "../../functions/aws/checkpoint/checkpoint-store.ts";
import { ClaimedHeads } from "../../functions/engine/checkpoint/claimed-heads.ts";
import { saverCalls } from "../../functions/engine/python/checkpoint/saver-calls.ts";
import { encodeFrame, FrameReader } from "../../functions/engine/python/process/frames.ts";
import { startTable, type TestTable } from "../support/dynamodb.ts";
import { interpreter } from "./python-server.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

let table: TestTable;
beforeAll(async () => void (table = await startTable()));
afterAll(() => table.stop());

test("a checkpointer does over the socket what LangGraph's suite asks of one", async () => {
  const store = createCheckpointStore(table);
  const calls = saverCalls({ heads: new ClaimedHeads({ store }, () => Promise.resolve({})), store });
  const child = spawn(interpreter(), [here("conformance.py"), here("../../functions/engine/python/child")], {
    stdio: ["ignore", "pipe", "inherit", "pipe"],
  });
  const stdout = child.stdio[1] as Readable;
  const socket = child.stdio[3] as Duplex;
  const reader = new FrameReader();
  socket.on("data", (chunk: Buffer) => {
    for (const { header, blobs } of reader.read(chunk)) {
      const { id } = header;
      const answer = calls[header.op ?? ""]?.(header, blobs) ?? Promise.reject(new Error(`no call ${header.op}`));
      answer.then(
        ({ ok, blobs: given }) => socket.write(encodeFrame({ ...(id && { id }), ok }, given)),
        (error: unknown) =>
          socket.write(encodeFrame({ ...(id && { id }), error: { name: "Error", message: String(error) } })),
      );
    }
  });
  const [report] = await Promise.all([text(stdout), once(child, "exit")]);

  const results = JSON.parse(report) as Record<string, { passed: number; failures: string[] }>;
  expect(Object.values(results).flatMap(({ failures }) => failures)).toEqual([]);
  expect(Object.keys(results).toSorted()).toEqual(["get_tuple", "list", "put", "put_writes"]);
  for (const [name, { passed }] of Object.entries(results)) expect(passed, name).toBeGreaterThan(5);
});
