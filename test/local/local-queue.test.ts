/** The run queue of a server that is one process: what the event source of Lambda promises, without a queue between. */
import type { SQSEvent } from "aws-lambda";
import { createLocalQueue } from "../../local/local-queue.ts";

const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };
const succeeded = { batchItemFailures: [] };
const ref = (run_id: string) => ({ thread_id: "thread", run_id });
const runIn = ({ Records }: SQSEvent): string =>
  Records.map(({ body }) => (JSON.parse(body) as { run_id: string }).run_id).join();

test("each message is one invocation of its own; those that came before the worker was there are first", async () => {
  const queue = createLocalQueue(logger);
  const seen: string[] = [];
  for (const run of ["a", "b"]) await queue.send(ref(run));

  const served = queue.serve((event) => {
    seen.push(runIn(event));
    return Promise.resolve(succeeded);
  });
  await queue.send(ref("c"));
  await expect.poll(() => seen).toEqual(["a", "b", "c"]);
  await served.stop();
});

test("sending does not wait for the invocation, nor begin it in the same turn", async () => {
  const queue = createLocalQueue(logger);
  let invoked = 0;
  const served = queue.serve(() => {
    invoked++;
    return new Promise(() => undefined);
  });

  await queue.send(ref("a"));
  const before = invoked;
  await expect.poll(() => invoked).toBe(1);
  await served.stop();

  expect(before).toBe(0);
});

test("a delayed message comes after its delay, and not once the queue has stopped", async () => {
  const queue = createLocalQueue(logger);
  const seen: string[] = [];
  const served = queue.serve((event) => {
    seen.push(runIn(event));
    return Promise.resolve(succeeded);
  });

  await queue.send(ref("later"), 20);
  await queue.send(ref("never"), 3_600_000);
  await queue.send(ref("now"));
  await expect.poll(() => seen).toEqual(["now", "later"]);
  await served.stop();
});

test("no more invocations at once than allowed, the next as soon as one ends; one that fails ends, too", async () => {
  const queue = createLocalQueue(logger, 2);
  const gates: (() => void)[] = [];
  const served = queue.serve(
    () => new Promise((_, reject) => gates.push(() => reject(new Error("the function failed")))),
  );

  for (const run of ["a", "b", "c"]) await queue.send(ref(run));
  await expect.poll(() => gates.length).toBe(2);
  gates[0]?.();
  await expect.poll(() => gates.length).toBe(3);
  await served.stop();
});
