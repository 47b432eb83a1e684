/**
 * `npm run bench:page`: what a page of a chat of 40 messages fetches after a turn, with and without compression, from a server of its own:
 * bytes on the wire and ms until they are there.
 */
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { fileURLToPath } from "node:url";
import { median } from "../command-line/percentiles.ts";
import { prose } from "../cost/measure/project/words.ts";
import { startProcess } from "./start-process.ts";

const CONFIG = fileURLToPath(new URL("../cost/measure/project/langgraph.json", import.meta.url));
/** Each is a question and an answer. */
const TURNS = 20;
const QUESTION_CHARACTERS = 100;
const ANSWER_TOKENS = 100;
/** Requests of each kind; the median of their times is printed. */
const REPEATS = 15;
/** Bytes, as networks count them. */
const KB = 1_000;
/** Characters of the printed columns. */
const FIRST_COLUMN = 42;
const COLUMN = 18;
const CODINGS = ["identity", "gzip", "br"];

interface ChatState {
  values: { messages: unknown[] };
}

/** What `useStream` fetches, and what a page may fetch that shows nothing but messages. */
const READS: [what: string, path: string, body?: object][] = [
  ["state", "state"],
  ["history, 10 states", "history", { limit: 10 }],
  ["history, 10 states, their messages alone", "history", { limit: 10, select: ["values.messages"] }],
  ["history, all states", "history", { limit: 1_000 }],
];

const served = await startProcess(["npm", "start", "--"], CONFIG);
try {
  const { thread_id } = JSON.parse((await fetchRaw(`${served.url}/threads`, "identity", {})).toString()) as {
    thread_id: string;
  };
  const thread = `${served.url}/threads/${thread_id}`;
  for (let turn = 0; turn < TURNS; turn++) {
    const messages = [{ role: "user", content: prose(turn, QUESTION_CHARACTERS) }];
    const input = { messages, calls: 1, tokens: ANSWER_TOKENS, pace: 0, silence: 0 };
    await fetchRaw(`${thread}/runs/stream`, "identity", { assistant_id: "talk", input, stream_mode: "messages-tuple" });
  }
  const { values } = JSON.parse((await fetchRaw(`${thread}/state`, "identity")).toString()) as ChatState;
  if (values.messages.length !== 2 * TURNS) throw new Error(`The chat has ${values.messages.length} messages.`);
  console.log(["".padEnd(FIRST_COLUMN), ...CODINGS.map((coding) => coding.padStart(COLUMN))].join(""));
  for (const [what, path, body] of READS) {
    const cells: string[] = [];
    for (const coding of CODINGS) cells.push(await measure(`${thread}/${path}`, coding, body));
    console.log([what.padEnd(FIRST_COLUMN), ...cells.map((cell) => cell.padStart(COLUMN))].join(""));
  }
} finally {
  await served.stop();
}

async function measure(address: string, coding: string, body?: object): Promise<string> {
  const times: number[] = [];
  let bytes = 0;
  for (let n = 0; n < REPEATS; n++) {
    const began = performance.now();
    ({ length: bytes } = await fetchRaw(address, coding, body));
    times.push(performance.now() - began);
  }
  return `${(bytes / KB).toFixed(1)} kB ${median(times).toFixed(1)} ms`;
}

/** Unlike `fetch` it does not decompress. */
async function fetchRaw(address: string, coding: string, body?: object): Promise<Buffer> {
  const headers = { "accept-encoding": coding, "content-type": "application/json" };
  const asked = request(address, { method: body ? "POST" : "GET", headers });
  asked.end(body && JSON.stringify(body));
  const [response] = (await once(asked, "response")) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  if (response.statusCode !== 200) throw new Error(`${address}: ${response.statusCode}`);
  return Buffer.concat(chunks);
}
