/**
 * The load client: a process that starts runs and notes when their events arrive. It reads SSE by hand, because on two cores its CPU time
 * is taken from the server. It ends when its parent ends.
 */
import { Agent, request, type IncomingMessage } from "node:http";
import type { Answer, Load, Measured, RunSample } from "./load.ts";

const agent = new Agent({ keepAlive: true });

/** The monotonic clock of the machine, in ms: the graphs stamp their events by it. */
const now = (): number => Number(process.hrtime.bigint()) / 1e6;

function post(url: string, body: object): Promise<IncomingMessage> {
  const bytes = Buffer.from(JSON.stringify(body));
  const headers = { "content-type": "application/json", "content-length": bytes.length };
  return new Promise((resolve, reject) => {
    const asked = request(url, { method: "POST", agent, headers }, resolve);
    asked.on("error", reject);
    asked.end(bytes);
  });
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) text += chunk;
  return text;
}

async function createThread(url: string): Promise<string> {
  const response = await post(`${url}/threads`, {});
  const text = await textOf(response);
  if (response.statusCode !== 200) throw new Error(`POST /threads: ${response.statusCode} ${text}`);
  const { thread_id }: { thread_id: string } = JSON.parse(text);
  return thread_id;
}

/** `custom` has the stamp as `"t":123.4`, a token as `"content":"7:123.4 "`. */
const STAMP = /"t":([\d.]+)|"content":"\d+:([\d.]+)/;

async function streamRun({ url, body, stamped }: Load, thread_id: string): Promise<RunSample> {
  const sample: RunSample = { first: 0, graph: 0, last: 0, closed: 0, events: 0, lags: [], gaps: [] };
  const start = now();
  const response = await post(`${url}/threads/${thread_id}/runs/stream`, body);
  if (response.statusCode !== 200) throw new Error(`runs/stream: ${response.statusCode} ${await textOf(response)}`);

  let rest = "";
  let before: number | undefined;
  for await (const chunk of response.setEncoding("latin1")) {
    const at = now();
    const raw = rest + String(chunk);
    // LangGraph's own servers end lines like that.
    const text = raw.includes("\r\n") ? raw.replaceAll("\r\n", "\n") : raw;
    let from = 0;
    for (let end = text.indexOf("\n\n"); end !== -1; end = text.indexOf("\n\n", from)) {
      // There may be keep-alive comments before an event.
      const name = text.indexOf("event: ", from);
      if (name === -1 || name > end) {
        from = end + 2;
        continue;
      }
      if (text.startsWith("error", name + 7)) throw new Error(text.slice(from, end));
      if (text.startsWith("metadata", name + 7)) sample.first ||= at - start;
      else {
        sample.graph ||= at - start;
        sample.last = at - start;
        sample.events++;
        const stamp = stamped ? STAMP.exec(text.slice(name, end)) : null;
        if (stamp) {
          sample.lags.push(at - Number(stamp[1] ?? stamp[2]));
          if (before !== undefined) sample.gaps.push(at - before);
          before = at;
        }
      }
      from = end + 2;
    }
    rest = text.slice(from);
  }
  sample.closed = now() - start;
  if (!response.complete) throw new Error("A body was cut.");
  return sample;
}

async function measure(load: Load): Promise<Measured> {
  const threads: string[] = [];
  for (let i = 0; i < load.runs; i++) threads.push(await createThread(load.url));
  const start = now();
  const runs: RunSample[] = [];
  const client = async (): Promise<void> => {
    for (let thread = threads.pop(); thread !== undefined; thread = threads.pop())
      runs.push(await streamRun(load, thread));
  };
  await Promise.all(Array.from({ length: load.clients }, client));
  return { wall: now() - start, runs };
}

async function answer(load: Load): Promise<Answer> {
  try {
    return { kind: "measured", measured: await measure(load) };
  } catch (error) {
    return { kind: "failed", message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

process.on("message", (load: Load) => void answer(load).then((figures) => process.send?.(figures)));
process.on("disconnect", () => process.exit(0));
