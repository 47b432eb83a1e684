/** Drawings of a graph to all depths of its subgraphs. */
import type { Drawing } from "../../protocol/graph-shape.ts";
import { DRAWN_DEPTHS } from "../timings.ts";

/** From depth 0; the last one has them all. Empty for a graph whose subgraphs are nested deeper: it is drawn when somebody asks. */
export async function drawDepths(draw: (xray: number | true) => Promise<Drawing>): Promise<Drawing[]> {
  const whole = await draw(true);
  const drawings: Drawing[] = [];
  for (let depth = 0; depth < DRAWN_DEPTHS; depth++) {
    const drawing = await draw(depth);
    drawings.push(drawing);
    if (isSame(drawing, whole)) return drawings;
  }
  return [];
}

const isSame = (one: Drawing, other: Drawing): boolean => JSON.stringify(one) === JSON.stringify(other);
