/** An event stream as bytes: read whole, split into frames with their ids, without comments. */
export interface Frame {
  id: string | undefined;
  event: string;
  /** JSON text, as it came. */
  data: string;
}

/** Reads the body to its end; throws if it was cut. */
export async function readFrames(response: Response): Promise<Frame[]> {
  return framesOf(await response.text());
}

export function framesOf(text: string): Frame[] {
  return text
    .split("\n\n")
    .map((block) => block.split("\n").filter((line) => line !== "" && !line.startsWith(":")))
    .filter((lines) => lines.length > 0)
    .map((lines) => {
      const field = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
      return { id: field("id"), event: field("event") ?? "", data: field("data") ?? "" };
    });
}

/** The JSON object of an answer. */
export const json = async (answer: Response | Promise<Response>): Promise<Record<string, unknown>> =>
  (await (await answer).json()) as Record<string, unknown>;

export const post = (url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
