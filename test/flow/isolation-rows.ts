/** What one user asks each route of the API for what is another's, and what the answer has to be. */
import { SECRET, type World } from "./owned-world.ts";

/** One request: what it says, and how it is answered. */
export interface Row {
  ask: string;
  body?: object;
  headers?: object;
  /** Default: 404, as if it were not there. */
  status?: number;
  /** The whole answer. */
  answer?: unknown;
  /** Reads alone: its owner is answered with success, so the request is a good one. */
  owner?: true;
}
const hidden = (ask: string, body?: object): Row => ({ ask, ...(body && { body }), owner: true });
const refused = (ask: string, body?: object): Row => ({ ask, ...(body && { body }) });
const finds = (ask: string, body: object, answer: unknown): Row => ({ ask, body, answer, status: 200, owner: true });

const run = { assistant_id: "tells", input: { secret: "mine" } };
const creating = { ...run, if_not_exists: "create" };
const rpc = (method: string, params: object = {}) => ({ jsonrpc: "2.0", id: 1, method, params });
const said = { message: { role: "user", messageId: "m1", parts: [{ kind: "data", data: { secret: "mine" } }] } };
const command = (method: string, params: object = {}) => ({ id: 1, method, params });

/** By route: requests of somebody else, for what is in this world. */
export const ROWS: Record<string, (w: World) => Row[]> = {
  "POST /threads": ({ thread }) => [
    { ask: "POST /threads", body: { thread_id: thread }, status: 409 },
    { ask: "POST /threads", body: { thread_id: thread, if_exists: "do_nothing" }, status: 409 },
    {
      ask: "POST /threads",
      body: {
        thread_id: thread,
        metadata: { graph_id: "tells" },
        supersteps: [{ updates: [{ values: {}, as_node: "tell" }] }],
      },
      status: 409,
    },
  ],
  "POST /threads/search": ({ thread }) => [
    finds("POST /threads/search", { ids: [thread] }, []),
    finds("POST /threads/search", { metadata: { secret: SECRET } }, []),
    finds("POST /threads/search", { metadata: { owner: "ann" } }, []),
    finds("POST /threads/search", { values: { secret: SECRET } }, []),
    finds("POST /threads/search", { status: "busy", sort_by: "created_at" }, []),
  ],
  "POST /threads/count": () => [
    { ask: "POST /threads/count", body: { metadata: { secret: SECRET } }, status: 200, answer: 0 },
    { ask: "POST /threads/count", body: { status: "busy" }, status: 200, answer: 0 },
  ],
  "POST /threads/prune": ({ thread }) => [
    { ask: "POST /threads/prune", body: { thread_ids: [thread] }, status: 200, answer: { pruned_count: 0 } },
    {
      ask: "POST /threads/prune",
      body: { thread_ids: [thread], strategy: "keep_latest" },
      status: 200,
      answer: { pruned_count: 0 },
    },
  ],
  "GET /threads/:thread_id": ({ thread }) => [hidden(`GET /threads/${thread}`), refused(`HEAD /threads/${thread}`)],
  "PATCH /threads/:thread_id": ({ thread }) => [refused(`PATCH /threads/${thread}`, { metadata: { a: 1 } })],
  "DELETE /threads/:thread_id": ({ thread }) => [refused(`DELETE /threads/${thread}`)],
  "POST /threads/:thread_id/copy": ({ thread }) => [refused(`POST /threads/${thread}/copy`)],
  "GET /threads/:thread_id/storage": ({ thread }) => [hidden(`GET /threads/${thread}/storage`)],
  "GET /threads/:thread_id/state": ({ thread }) => [hidden(`GET /threads/${thread}/state`)],
  "POST /threads/:thread_id/state": ({ thread, checkpoint }) => [
    refused(`POST /threads/${thread}/state`, { values: { secret: "x" } }),
    refused(`POST /threads/${thread}/state`, { values: { secret: "x" }, checkpoint_id: checkpoint }),
  ],
  "GET /threads/:thread_id/state/:checkpoint_id": ({ thread, checkpoint }) => [
    hidden(`GET /threads/${thread}/state/${checkpoint}`),
  ],
  "POST /threads/:thread_id/state/checkpoint": ({ thread, checkpoint: checkpoint_id }) => [
    hidden(`POST /threads/${thread}/state/checkpoint`, { checkpoint: { checkpoint_id } }),
  ],
  "GET /threads/:thread_id/history": ({ thread }) => [hidden(`GET /threads/${thread}/history`)],
  "POST /threads/:thread_id/history": ({ thread }) => [hidden(`POST /threads/${thread}/history`, { limit: 10 })],
  "GET /threads/:thread_id/stream": ({ busy }) => [
    hidden(`GET /threads/${busy}/stream`),
    { ask: `GET /threads/${busy}/stream`, headers: { "last-event-id": "-" } },
  ],
  "POST /threads/:thread_id/stream/events": ({ thread }) => [
    hidden(`POST /threads/${thread}/stream/events`, { channels: ["values"], since: 0 }),
  ],
  "GET /threads/:thread_id/stream/events": ({ thread }) => [refused(`GET /threads/${thread}/stream/events`)],
  "POST /threads/:thread_id/commands": ({ thread, asking, interrupt }) => [
    hidden(`POST /threads/${thread}/commands`, command("state.get")),
    // As for a thread that is not there.
    { ask: `POST /threads/${thread}/commands`, body: command("agent.getTree"), status: 200, owner: true },
    refused(`POST /threads/${thread}/commands`, command("run.start", run)),
    {
      ask: `POST /threads/${asking}/commands`,
      body: command("input.respond", { interrupt_id: interrupt, response: "no" }),
      status: 200,
    },
    { ask: `POST /threads/${thread}/commands`, body: command("nothing.known"), status: 200 },
  ],
  "POST /threads/:thread_id/runs": ({ thread, checkpoint, asking }) => [
    refused(`POST /threads/${thread}/runs`, run),
    refused(`POST /threads/${thread}/runs`, creating),
    refused(`POST /threads/${thread}/runs`, { ...creating, after_seconds: 60 }),
    refused(`POST /threads/${thread}/runs`, { ...creating, checkpoint_id: checkpoint }),
    refused(`POST /threads/${asking}/runs`, { assistant_id: "asks", command: { resume: "no" } }),
  ],
  "POST /threads/:thread_id/runs/stream": ({ thread, busy }) => [
    refused(`POST /threads/${thread}/runs/stream`, run),
    refused(`POST /threads/${busy}/runs/stream`, { ...creating, multitask_strategy: "interrupt" }),
    refused(`POST /threads/${busy}/runs/stream`, { ...creating, multitask_strategy: "rollback" }),
  ],
  "POST /threads/:thread_id/runs/wait": ({ thread }) => [
    refused(`POST /threads/${thread}/runs/wait`, run),
    refused(`POST /threads/${thread}/runs/wait`, creating),
  ],
  "GET /threads/:thread_id/runs": ({ thread }) => [hidden(`GET /threads/${thread}/runs`)],
  "GET /threads/:thread_id/runs/:run_id": ({ thread, run: id, kept }) => [
    hidden(`GET /threads/${thread}/runs/${id}`),
    hidden(`GET /threads/${kept.thread_id}/runs/${kept.run_id}`),
  ],
  "DELETE /threads/:thread_id/runs/:run_id": ({ thread, run: id, busy, working }) => [
    refused(`DELETE /threads/${thread}/runs/${id}`),
    refused(`DELETE /threads/${busy}/runs/${working}`),
  ],
  "GET /threads/:thread_id/runs/:run_id/stream": ({ thread, run: id }) => [
    hidden(`GET /threads/${thread}/runs/${id}/stream?after=-1`),
    { ask: `GET /threads/${thread}/runs/${id}/stream`, headers: { "last-event-id": "1" } },
  ],
  "GET /threads/:thread_id/runs/:run_id/join": ({ thread, run: id }) => [
    hidden(`GET /threads/${thread}/runs/${id}/join`),
  ],
  "POST /threads/:thread_id/runs/:run_id/cancel": ({ busy, working }) => [
    refused(`POST /threads/${busy}/runs/${working}/cancel`),
    refused(`POST /threads/${busy}/runs/${working}/cancel?wait=1&action=rollback`),
  ],
  "GET /runs/:run_id/stream": ({ kept }) => [hidden(`GET /runs/${kept.run_id}/stream?after=-1`)],
  "POST /runs": ({ assistant }) => [refused("POST /runs", { ...run, assistant_id: assistant })],
  "POST /runs/stream": ({ assistant }) => [refused("POST /runs/stream", { ...run, assistant_id: assistant })],
  "POST /runs/wait": ({ assistant }) => [refused("POST /runs/wait", { ...run, assistant_id: assistant })],
  "POST /runs/batch": ({ assistant }) => [
    { ask: "POST /runs/batch", body: [run, { ...run, assistant_id: assistant }] },
  ],
  "POST /runs/cancel": ({ busy, working }) => [
    refused("POST /runs/cancel", { thread_id: busy, run_ids: [working] }),
    { ask: "POST /runs/cancel", body: { status: "all" }, status: 204 },
  ],
  "POST /runs/crons": ({ assistant }) => [
    refused("POST /runs/crons", { assistant_id: assistant, schedule: "0 0 1 1 *", input: {} }),
  ],
  "POST /threads/:thread_id/runs/crons": ({ thread }) => [
    refused(`POST /threads/${thread}/runs/crons`, { assistant_id: "tells", schedule: "0 0 1 1 *", input: {} }),
  ],
  "POST /runs/crons/search": ({ thread }) => [
    finds("POST /runs/crons/search", {}, []),
    finds("POST /runs/crons/search", { thread_id: thread }, []),
    finds("POST /runs/crons/search", { metadata: { owner: "ann" } }, []),
  ],
  "POST /runs/crons/count": () => [{ ask: "POST /runs/crons/count", body: {}, status: 200, answer: 0 }],
  "GET /runs/crons/:cron_id": ({ cron }) => [hidden(`GET /runs/crons/${cron}`)],
  "PATCH /runs/crons/:cron_id": ({ cron }) => [refused(`PATCH /runs/crons/${cron}`, { enabled: false })],
  "DELETE /runs/crons/:cron_id": ({ cron, threadCron }) => [
    refused(`DELETE /runs/crons/${cron}`),
    refused(`DELETE /runs/crons/${threadCron}`),
  ],
  // Who may make none is told so, whatever the id.
  "POST /assistants": ({ assistant }) => [
    { ask: "POST /assistants", body: { graph_id: "tells", assistant_id: assistant }, status: 403 },
  ],
  "POST /assistants/search": () => [
    finds("POST /assistants/search", { metadata: { secret: SECRET } }, []),
    finds("POST /assistants/search", { name: SECRET }, []),
  ],
  "POST /assistants/count": () => [{ ask: "POST /assistants/count", body: { name: SECRET }, status: 200, answer: 0 }],
  "GET /assistants/:assistant_id": ({ assistant }) => [hidden(`GET /assistants/${assistant}`)],
  "PATCH /assistants/:assistant_id": ({ assistant }) => [
    refused(`PATCH /assistants/${assistant}`, { name: "mine" }),
    // That of a graph is everybody's to use, and nobody's to change.
    refused("PATCH /assistants/tells", { name: "mine" }),
  ],
  "DELETE /assistants/:assistant_id": ({ assistant }) => [
    refused(`DELETE /assistants/${assistant}`),
    refused(`DELETE /assistants/${assistant}?delete_threads=true`),
    // It goes on as langgraph.json says; of its threads only the caller's go.
    { ask: "DELETE /assistants/tells?delete_threads=true", status: 204 },
  ],
  "POST /assistants/:assistant_id/versions": ({ assistant }) => [hidden(`POST /assistants/${assistant}/versions`, {})],
  "POST /assistants/:assistant_id/latest": ({ assistant }) => [
    refused(`POST /assistants/${assistant}/latest`, { version: 1 }),
  ],
  "GET /assistants/:assistant_id/graph": ({ assistant }) => [hidden(`GET /assistants/${assistant}/graph`)],
  "GET /assistants/:assistant_id/schemas": ({ assistant }) => [hidden(`GET /assistants/${assistant}/schemas`)],
  "GET /assistants/:assistant_id/subgraphs": ({ assistant }) => [hidden(`GET /assistants/${assistant}/subgraphs`)],
  "GET /assistants/:assistant_id/subgraphs/:namespace": ({ assistant }) => [
    hidden(`GET /assistants/${assistant}/subgraphs/x`),
  ],
  // The project's handler puts all of a user's namespaces below the user's name: what bob names is bob's.
  "PUT /store/items": () => [
    { ask: "PUT /store/items", body: { namespace: ["ann", "notes"], key: "secret", value: { mine: 1 } }, status: 204 },
  ],
  "GET /store/items": () => [
    { ask: "GET /store/items?namespace=ann.kept&key=secret", status: 200, answer: null, owner: true },
  ],
  "DELETE /store/items": () => [
    { ask: "DELETE /store/items", body: { namespace: ["ann", "notes"], key: "secret" }, status: 204 },
  ],
  "POST /store/items/search": () => [
    finds("POST /store/items/search", { namespace_prefix: ["ann", "kept"] }, { items: [] }),
    finds("POST /store/items/search", { filter: { secret: SECRET } }, { items: [] }),
  ],
  "POST /store/namespaces": () => [finds("POST /store/namespaces", { prefix: ["ann"] }, { namespaces: [] })],
  // Errors of a call are those of JSON-RPC, with status 200; isolation.test.ts calls a tool that is another's.
  "POST /mcp": () => [{ ask: "POST /mcp", body: { jsonrpc: "2.0", id: 1, method: "tools/list" }, status: 200 }],
  "POST /a2a/:assistant_id": ({ assistant, thread, run: id, busy, working }) => [
    { ask: `POST /a2a/${assistant}`, body: rpc("message/send", said) },
    // The thread of a context that is another's has no place for a message.
    { ask: "POST /a2a/tells", body: rpc("message/send", { message: { ...said.message, contextId: thread } }) },
    { ask: "POST /a2a/tells", body: rpc("message/stream", { message: { ...said.message, contextId: busy } }) },
    ...["tasks/get", "tasks/cancel", "tasks/resubscribe"].flatMap((method) =>
      [id, working, `${thread}:${id}`].map((task) => ({
        ask: "POST /a2a/tells",
        body: rpc(method, { id: task }),
        status: 200,
        answer: { jsonrpc: "2.0", id: 1, error: { code: -32_001, message: `Task ${task} not found` } },
      })),
    ),
  ],
  "GET /a2a/:assistant_id/.well-known/agent-card.json": ({ assistant }) => [
    hidden(`GET /a2a/${assistant}/.well-known/agent-card.json`),
  ],
  "GET /.well-known/agent-card.json": ({ assistant }) => [
    hidden(`GET /.well-known/agent-card.json?assistant_id=${assistant}`),
  ],
  // What is nobody's.
  "GET /": () => [{ ask: "GET /", status: 200 }],
  "GET /ok": () => [{ ask: "GET /ok?check_db=1", status: 200 }],
  "POST /ui/:assistant_id": () => [{ ask: "POST /ui/tells", body: { name: "card" } }],
  "GET /ui/:assistant_id/:file": () => [{ ask: "GET /ui/tells/a.js" }],
  "GET /info": () => [{ ask: "GET /info", status: 200 }],
  "GET /docs": () => [{ ask: "GET /docs", status: 200 }],
  "GET /openapi.json": () => [{ ask: "GET /openapi.json", status: 200 }],
  "GET /metrics": () => [{ ask: "GET /metrics?in_flight=1", status: 200 }],
};
