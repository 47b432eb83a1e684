/**
 * Where a route differs from the official server's on purpose, and the test that shows it. Events of streams have their own list,
 * test/flow/golden-differences.ts.
 */
export interface RouteDifference {
  routes: readonly string[];
  what: string;
  shown: { file: string; test: string };
}

const STREAMS = ["POST /threads/:thread_id/runs/stream", "POST /runs/stream"];
const JOINS = ["GET /threads/:thread_id/runs/:run_id/stream", "GET /threads/:thread_id/runs/:run_id/join"];
const RUNS = ["POST /threads/:thread_id/runs", "POST /threads/:thread_id/runs/wait", "POST /runs", "POST /runs/wait"];
const CREATES = [...STREAMS, ...RUNS];

export const ROUTE_DIFFERENCES: readonly RouteDifference[] = [
  {
    routes: ["POST /a2a/:assistant_id"],
    what: "a stream goes on after any of its events; a graph without messages is asked by data",
    shown: { file: "test/flow/a2a-stream.test.ts", test: "of %s goes on after any of its events, by Last-Event-ID" },
  },
  {
    routes: ["POST /mcp"],
    what: "a result is JSON and an object, not Python's text; a call that is sent again in its session is the same run",
    shown: {
      file: "test/flow/mcp.test.ts",
      test: "that sends a call of its session again gets the result of the same run",
    },
  },
  {
    routes: [...STREAMS, "GET /threads/:thread_id/runs/:run_id/stream"],
    what: "every event has an id, unique and the same on every connection",
    shown: { file: "test/flow/resume.test.ts", test: "%s: every cursor gets exactly the rest" },
  },
  {
    routes: ["POST /runs/stream"],
    what: "`Location` works",
    shown: { file: "test/flow/guide.test.ts", test: "whose stream can be joined afterwards" },
  },
  {
    routes: ["GET /runs/:run_id/stream"],
    what: "exists, as on the open dev server",
    shown: { file: "test/http/join-routes.test.ts", test: "of a stateless run by its id alone, also after its end" },
  },
  {
    routes: JOINS,
    what: "an unknown run is 404",
    shown: { file: "test/http/join-routes.test.ts", test: "of an unknown run is 404: %s" },
  },
  {
    routes: ["GET /threads/:thread_id/runs/:run_id/stream"],
    what: "a filter loses neither `metadata` nor `error`",
    shown: { file: "test/flow/resume.test.ts", test: "narrows by stream_mode and loses neither metadata nor error" },
  },
  {
    routes: CREATES.filter((route) => route.includes("thread_id")),
    what: "a checkpoint that does not exist is 404",
    shown: {
      file: "test/flow/checkpoints.test.ts",
      test: "R11: a checkpoint that does not exist is 404 when a run names it, and nothing has changed",
    },
  },
  {
    routes: CREATES,
    what: "an `Idempotency-Key` gives the same run again",
    shown: {
      file: "test/flow/life.test.ts",
      test: "gives the same run and its stream again; another body with it is 409",
    },
  },
  {
    routes: ["POST /threads/:thread_id/commands"],
    what: "an answer to an unknown interrupt makes no run; an `Idempotency-Key` gives the same run again",
    shown: {
      file: "test/flow/thread-commands.test.ts",
      test: "an answer with an id that waits for none leaves the thread as it was",
    },
  },
  {
    routes: ["POST /threads/:thread_id/stream/events"],
    what: "`seq` and `event_id` are of the thread, the same on every connection; an unknown thread is waited for",
    shown: {
      file: "test/flow/thread-commands.test.ts",
      test: "has the same events on every connection, in order, and goes on after any of them",
    },
  },
  {
    routes: ["GET /threads/:thread_id/stream/events"],
    what: "404: there is no WebSocket, which SDKs need not",
    shown: { file: "test/flow/thread-commands.test.ts", test: "GET has no WebSocket" },
  },
  {
    routes: ["POST /threads/:thread_id/runs/:run_id/cancel"],
    what: "of a finished run it does nothing",
    shown: { file: "test/http/run-routes.test.ts", test: "of an ended run changes nothing" },
  },
  {
    routes: ["GET /threads/:thread_id/stream"],
    what: "an unknown thread is 404; `Location` for a reconnect",
    shown: {
      file: "test/flow/thread-stream.test.ts",
      test: "says where that was for a reconnect before the first event",
    },
  },
  {
    routes: ["GET /threads/:thread_id/state"],
    what: "a thread that never ran has a checkpoint that can be indexed",
    shown: {
      file: "test/flow/threads-runs.test.ts",
      test: "that never ran have an empty state with a checkpoint that can be indexed, and no history",
    },
  },
  {
    routes: ["POST /threads/:thread_id/state"],
    what: "a delayed run (`after_seconds`) does not block it",
    shown: { file: "test/flow/life.test.ts", test: "starts later, and blocks nothing meanwhile" },
  },
  {
    routes: ["POST /threads/:thread_id/copy"],
    what: "an unknown thread is 404; a copy of a thread that waits for an answer waits, too",
    shown: {
      file: "test/flow/thread-copies.test.ts",
      test: "of a thread that never ran is one that never ran; of an unknown one there is none",
    },
  },
  {
    routes: ["POST /threads/search", "POST /threads/count"],
    what: "the thread of a stateless run is not among them",
    shown: {
      file: "test/flow/thread-search.test.ts",
      test: "a deleted thread and the thread of a stateless run are not found",
    },
  },
  {
    routes: ["POST /threads/search", "POST /assistants/search"],
    what: "`X-Pagination-Total` counts what was found, not the page",
    shown: {
      file: "test/flow/thread-search.test.ts",
      test: "the headers tell how many there are and where the next page begins",
    },
  },
  {
    routes: [
      "GET /assistants/:assistant_id",
      "GET /assistants/:assistant_id/schemas",
      "GET /assistants/:assistant_id/subgraphs",
      "GET /assistants/:assistant_id/subgraphs/:namespace",
    ],
    what: "a graph id is as good as a uuid",
    shown: { file: "test/flow/assistants.test.ts", test: "is drawn, by graph id and by uuid" },
  },
  {
    routes: ["POST /store/items/search"],
    what: "filters know `$in` and `$nin`, too",
    shown: { file: "test/flow/store.test.ts", test: "$nin" },
  },
  {
    routes: ["GET /metrics"],
    what: "needs a key, and tells what its process has measured",
    shown: { file: "test/http/openapi.test.ts", test: "which routes need no key" },
  },
  {
    routes: ["GET /"],
    what: "says in a browser what is here",
    shown: { file: "test/http/openapi.test.ts", test: "the root names the graphs where nobody needs a key" },
  },
];
