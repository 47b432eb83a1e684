/** What the scenarios request, and how the answers are checked. */
import { percentile } from "../command-line/percentiles.ts";
import type { Load, LoadClient, Measured } from "./load.ts";

/** Events of a run of AGENT. */
export const TWO_NODES = 2;
/** A model's answer: tokens, and ms between them. */
export const CROWD = { tokens: 100, pace: 20 };

export const AGENT: Load["body"] = { assistant_id: "agent", input: { topic: "ice cream" }, stream_mode: "updates" };
export const slow = (n: number, delay_ms: number): Load["body"] => ({
  assistant_id: "slow",
  input: { n, delay_ms },
  stream_mode: "custom",
});
export const tokens = (n: number, delay_ms: number): Load["body"] => ({
  assistant_id: "tokens",
  input: { n, delay_ms },
  stream_mode: "messages-tuple",
});

/** Runs `body`, and makes sure that each run had all its events: a server that drops some is not fast. */
export async function load(
  { url, client }: { url: string; client: LoadClient },
  events: number,
  asked: Omit<Load, "url">,
): Promise<Measured> {
  const measured = await client.run({ url, ...asked });
  const odd = measured.runs.find((run) => run.events < events);
  if (odd || measured.runs.length !== asked.runs)
    throw new Error(`A run had ${odd?.events} events instead of ${events}.`);
  return measured;
}

export const rate = ({ runs }: Measured): number =>
  percentile(
    runs.map(({ events, last }) => (events / last) * 1_000),
    0.5,
  );
