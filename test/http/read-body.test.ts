import { BODY_BYTES } from "../../functions/http/edge/timings.ts";
import { readBody } from "../../functions/http/request/read-body.ts";
import { HttpError } from "../../functions/http/server/http-error.ts";
import { RunCreate, RunsCancel } from "../../functions/protocol/run.ts";
import { HistoryQuery, ThreadCreate } from "../../functions/protocol/thread.ts";

const RUN_ID = "00000000-0000-4000-8000-000000000000";

const post = (body: RequestInit["body"], headers: Record<string, string> = {}) =>
  new Request("http://localhost/", {
    method: "POST",
    body,
    headers: { "content-type": "application/json", ...headers },
    duplex: "half",
  } as RequestInit);

async function refused(promise: Promise<unknown>): Promise<HttpError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof HttpError) return error;
  throw new Error("was not refused");
}

describe("what is accepted", () => {
  test.each(["application/json", "Application/JSON; charset=utf-8", "application/vnd.api+json", "text/json"])(
    "JSON said to be %s",
    async (type) => {
      const body = await readBody(post('{"thread_id":null}', { "content-type": type }), ThreadCreate);

      expect(body.if_exists).toBe("raise");
    },
  );

  test("JSON of no type, and no body of any type", async () => {
    const untyped = new Request("http://localhost/", { method: "POST", body: new Blob(["{}"]) });
    const empty = post("", { "content-type": "application/x-www-form-urlencoded" });

    expect(untyped.headers.get("content-type")).toBeNull();
    for (const request of [untyped, empty])
      expect(await readBody(request, ThreadCreate)).toEqual({ if_exists: "raise" });
  });

  test.each([
    "text/plain",
    "text/plain;charset=UTF-8",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/octet-stream",
    "text/plain; application/json",
    "text/plain;x=/json",
    "",
  ])("E9: not JSON that a form could send, as %j", async (type) => {
    const refusal = await refused(readBody(post("{}", { "content-type": type }), ThreadCreate));

    expect(refusal.status).toBe(415);
    expect(refusal.message).toMatch(/application\/json/);
  });

  test.each(["", " \n", "null", "{}"])("%j as an empty object", async (text) => {
    const body = await readBody(post(text), ThreadCreate);

    expect(body).toEqual({ if_exists: "raise" });
  });

  test("null for absent, unknown fields ignored", async () => {
    const text = JSON.stringify({
      assistant_id: "agent",
      input: null,
      config: null,
      stream_mode: null,
      raise_error: true,
      langsmith_tracer: {},
    });

    const body = await readBody(post(text), RunCreate);

    expect(body.stream_mode).toEqual(["values"]);
    expect(body).not.toHaveProperty("raise_error");
  });

  test("numbers up to the largest, and text that only looks like a larger one", async () => {
    const input = [1e308, 0, "1e400", "9".repeat(400)];

    const body = await readBody(
      post(`{"assistant_id":"a","input":[1e308,1e-400,"1e400","${"9".repeat(400)}"]}`),
      RunCreate,
    );

    expect(body.input).toEqual(input);
  });

  test("5 MB of input", async () => {
    const input = { text: "x".repeat(5 * 1024 * 1024) };

    const body = await readBody(post(JSON.stringify({ assistant_id: "agent", input })), RunCreate);

    expect(body.input).toEqual(input);
  });

  test.each([
    { status: "all", thread_id: null, run_ids: null, whatever: 1 },
    { status: null, thread_id: RUN_ID, run_ids: [RUN_ID] },
  ])("cancels of %j", async (body) => {
    expect(await readBody(post(JSON.stringify(body)), RunsCancel)).toMatchObject(
      body.status === null ? { run_ids: [RUN_ID] } : { status: "all" },
    );
  });

  test.each<[unknown, string]>([
    ["1ef", "a checkpoint id"],
    [{ configurable: { checkpoint_id: "1ef" } }, "a config"],
    [{ checkpoint_id: "1ef" }, "a checkpoint"],
  ])("history before %j: %s", async (before) => {
    const body = await readBody(post(JSON.stringify({ before })), HistoryQuery);

    expect(body.before?.checkpoint_id).toBe("1ef");
  });
});

describe("what is refused", () => {
  test("bytes that are no UTF-8", async () => {
    const bytes = Buffer.concat([Buffer.from('{"assistant_id":"a'), Buffer.from([0xff]), Buffer.from('"}')]);

    const refusal = await refused(readBody(post(bytes), RunCreate));

    expect([refusal.status, refusal.message]).toEqual([422, "Invalid JSON in request body: it is not UTF-8"]);
  });

  test.each([
    ["{", "Invalid JSON in request body"],
    ["[]", "body: Invalid input: expected object, received array"],
    ['"text"', "body: Invalid input: expected object, received string"],
    ["{}", "assistant_id: Invalid input: expected string, received undefined"],
    ['{"assistant_id":7}', "assistant_id: Invalid input: expected string, received number"],
    [
      '{"assistant_id":"a","stream_mode":"bogus"}',
      'stream_mode: Invalid option: expected one of "values"|"updates"|"messages"|"messages-tuple"|"debug"|"custom"|"events"|"tasks"|"checkpoints"',
    ],
    ['{"assistant_id":"a","stream_mode":["values","bogus"]}', "stream_mode.1: Invalid option"],
    ['{"assistant_id":"a","multitask_strategy":"maybe"}', "multitask_strategy: Invalid option"],
    ['{"assistant_id":"a","metadata":[]}', "metadata: Invalid input: expected object, received array"],
    ['{"assistant_id":"a","after_seconds":"soon"}', "after_seconds: Invalid input: expected number, received string"],
    ['{"assistant_id":"a","command":{"goto":1,"update":7}}', "command.update: Invalid input"],
    ['{"assistant_id":"a","input":{"x":[1e400]}}', "body: a number is out of range"],
    [`{"assistant_id":"a","input":-${"9".repeat(400)}}`, "body: a number is out of range"],
  ])("%s", async (text, problem) => {
    const refusal = await refused(readBody(post(text), RunCreate));

    expect(refusal.status).toBe(422);
    expect(refusal.message).toContain(problem);
  });

  test.each([{}, { status: "all", thread_id: RUN_ID, run_ids: [RUN_ID] }, { thread_id: RUN_ID }])(
    "a cancel of %j",
    async (body) => {
      const refusal = await refused(readBody(post(JSON.stringify(body)), RunsCancel));

      expect(refusal.message).toContain("either status or thread_id and run_ids");
    },
  );

  test("an id that is no UUID", async () => {
    const refusal = await refused(readBody(post('{"thread_id":"mine"}'), ThreadCreate));

    expect(refusal.message).toBe("thread_id: must be a UUID");
  });

  test("a declared length over the limit, without reading", async () => {
    let pulled = 0;
    const endless = new ReadableStream({ pull: () => void pulled++ }, { highWaterMark: 0 });

    const refusal = await refused(readBody(post(endless, { "content-length": String(BODY_BYTES + 1) }), ThreadCreate));

    expect([refusal.status, pulled]).toEqual([413, 0]);
  });

  test("a body that grows over the limit, as soon as it does", async () => {
    let sent = 0;
    const block = new Uint8Array(1024 * 1024);
    const endless = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          sent += block.length;
          controller.enqueue(block);
        },
      },
      { highWaterMark: 0 },
    );

    const refusal = await refused(readBody(post(endless), ThreadCreate));

    expect(refusal.status).toBe(413);
    expect(sent).toBeLessThanOrEqual(BODY_BYTES + 2 * block.length);
  });
});
