/** Readers: one that stays attached, with its frames as they come and the end of its body; one that comes back until the run ends. */
import { type Frame, framesOf } from "../support/sse.ts";

export interface Follower {
  frames: Frame[];
  /** Resolves with the first frame that fulfils the condition, now or later; rejects when the body ends without one. */
  until(fulfils: (frame: Frame) => boolean): Promise<Frame>;
  /** How the body ended: as a whole, or broken off. */
  ended: Promise<"whole" | "broken">;
}

export function follow(response: Response): Follower {
  const frames: Frame[] = [];
  const waiting = new Set<() => void>();
  let over: "whole" | "broken" | undefined;
  const told = (): void => waiting.forEach((look) => look());
  const read = async (): Promise<"whole" | "broken"> => {
    let text = "";
    const decoder = new TextDecoder();
    try {
      for await (const chunk of response.body ?? []) {
        text += decoder.decode(chunk, { stream: true });
        const complete = text.lastIndexOf("\n\n") + 2;
        if (complete < 2) continue;
        frames.push(...framesOf(text.slice(0, complete)));
        text = text.slice(complete);
        told();
      }
      over = "whole";
    } catch {
      over = "broken";
    }
    told();
    return over;
  };
  return {
    frames,
    until(fulfils) {
      const { promise, resolve, reject } = Promise.withResolvers<Frame>();
      const look = (): void => {
        const found = frames.find(fulfils);
        if (!found && !over) return;
        waiting.delete(look);
        if (found) resolve(found);
        else reject(new Error(`the body ended (${over}) after ${frames.length} frames`));
      };
      waiting.add(look);
      look();
      return promise;
    },
    ended: read(),
  };
}

/** Comes back with the last id each time its body breaks off, as clients do. @param broke told how often it has, each time */
export async function readAcross(url: string, broke: (breaks: number) => void = () => undefined): Promise<Frame[]> {
  const frames: Frame[] = [];
  for (let breaks = 1; ; breaks++) {
    const reader = follow(await fetch(url, { headers: { "last-event-id": frames.at(-1)?.id ?? "-1" } }));
    const ended = await reader.ended;
    frames.push(...reader.frames);
    if (ended === "whole") return frames;
    broke(breaks);
  }
}

export const dataOf = (frame: Frame | undefined): Record<string, unknown> =>
  JSON.parse(frame?.data ?? "{}") as Record<string, unknown>;
