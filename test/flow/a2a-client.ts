/** A client of A2A over plain HTTP: what its tests send and read over and over. Must not assert. */
import { framesOf, post } from "../support/sse.ts";

export type Fields = Record<string, unknown>;
export interface Task {
  id: string;
  contextId: string;
  kind: string;
  status: { state: string; message?: { parts: Fields[] } };
  history: { role: string; parts: Fields[]; messageId: string }[];
  artifacts: { artifactId: string; parts: Fields[] }[];
}
export interface Answer {
  result: Task;
  error?: { code: number; message: string };
}

export const request = (method: string, params: object = {}) => ({ jsonrpc: "2.0", id: 1, method, params });
export const text = (words: string) => ({ kind: "text", text: words });
export const data = (value: object) => ({ kind: "data", data: value });
export const message = (parts: object | object[], fields: object = {}) => ({
  message: { kind: "message", role: "user", messageId: crypto.randomUUID(), parts: [parts].flat(), ...fields },
});
export const statesIn = (events: readonly { result: Fields }[]) =>
  events.flatMap(({ result }) => ((result["status"] as Task["status"] | undefined)?.state ?? []) as string);

/** @param url of the server, called for each use: the tests start it before they run */
export function a2aClient(url: () => string) {
  const send = (agent: string, body: unknown, headers: Record<string, string> = {}) =>
    post(`${url()}/a2a/${agent}`, body, headers);
  const ask = async (agent: string, method: string, params: object) =>
    (await (await send(agent, request(method, params))).json()) as Answer;

  const task = async (agent: string, params: object) => (await ask(agent, "message/send", params)).result;

  /** The results of a stream, each with the id of its event. */
  async function streamed(agent: string, method: string, params: object, headers: Record<string, string> = {}) {
    const response = await send(agent, request(method, params), headers);
    return framesOf(await response.text()).map(({ id, event, data: answer }) => ({
      id,
      event,
      result: (JSON.parse(answer) as { result: Fields }).result,
    }));
  }
  return { send, ask, task, streamed };
}
