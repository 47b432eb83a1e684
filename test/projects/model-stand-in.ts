/**
 * A model's API on loopback: OpenAI chat completions and embeddings, Anthropic messages, whole or streamed. It calls the tool that it must
 * call, else once the first tool that it is given, else what it was told to say, else what it was asked.
 * `node test/projects/model-stand-in.ts [PORT]` serves it.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { anthropicAnswer } from "./anthropic-format.ts";
import { openaiAnswer, openaiEmbeddings } from "./openai-format.ts";
import { sampleOf } from "./sample-schema.ts";

/** What both formats ask, in one form. */
export interface ModelRequest {
  /** Text of the last message of a person. */
  asked: string;
  /** The last message is the result of a tool. */
  answersTool: boolean;
  tools: { name: string; schema: unknown }[];
  /** A tool that must be called; `true` = any. */
  forced: string | boolean;
  /** The answer must be JSON of this schema. */
  format?: unknown;
}

export interface ModelReply {
  text?: string;
  call?: { name: string; args: unknown };
}

export interface ModelStandIn {
  /** For OPENAI_BASE_URL, with `/v1`. */
  openaiUrl: string;
  /** For ANTHROPIC_BASE_URL. */
  anthropicUrl: string;
  /** Paths that were asked, in order. */
  paths: string[];
  stop(): Promise<void>;
}

/** Characters of a question that an answer repeats. */
const ECHOED = 200;

type Texts = Readonly<Record<string, string>>;

function replyTo({ asked, answersTool, tools, forced, format }: ModelRequest, texts: Texts): ModelReply {
  // Of several the last one ends the work, usually.
  const free = tools.at(answersTool ? -1 : 0);
  const tool = typeof forced === "string" ? tools.find(({ name }) => name === forced) : free;
  if (tool && (forced !== false || !answersTool)) return { call: { name: tool.name, args: sampleOf(tool.schema) } };
  if (format !== undefined) return { text: JSON.stringify(sampleOf(format)) };
  return { text: texts[asked] ?? `You asked: ${asked.slice(0, ECHOED)}` };
}

type Answer = { body: object } | { frames: string[] };

/** @param texts what it says, by what it is asked */
export async function startModelStandIn(port = 0, texts: Texts = {}): Promise<ModelStandIn> {
  const paths: string[] = [];
  const reply = (request: ModelRequest): ModelReply => replyTo(request, texts);
  const server = createServer((request, response) => {
    void answer(request, response, { paths, reply }).catch((error: unknown) =>
      send(response, 500, { error: String(error) }),
    );
  }).listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  return {
    openaiUrl: `${url}/v1`,
    anthropicUrl: url,
    paths,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

interface Model {
  paths: string[];
  reply: (request: ModelRequest) => ModelReply;
}

async function answer(request: IncomingMessage, response: ServerResponse, { paths, reply }: Model): Promise<void> {
  const path = (request.url ?? "").split("?")[0] ?? "";
  paths.push(path);
  const body = JSON.parse(await textOf(request)) as Record<string, unknown>;
  const formats: Record<string, (body: Record<string, unknown>) => Answer> = {
    "/v1/chat/completions": (asked) => openaiAnswer(asked, reply),
    "/v1/embeddings": (asked) => ({ body: openaiEmbeddings(asked) }),
    "/v1/messages": (asked) => anthropicAnswer(asked, reply),
  };
  const said = formats[path]?.(body);
  if (!said) return send(response, 404, { error: { message: `The stand-in does not know ${path}.` } });
  if ("body" in said) return send(response, 200, said.body);
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const frame of said.frames) response.write(frame);
  response.end();
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

if (import.meta.main) {
  const { openaiUrl, anthropicUrl } = await startModelStandIn(Number(process.argv[2] ?? 0));
  console.log(`OPENAI_BASE_URL=${openaiUrl}\nANTHROPIC_BASE_URL=${anthropicUrl}`);
}
