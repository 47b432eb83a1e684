/** The limit of what is stored in one piece, for the values of a checkpoint and for what a task writes. */
import type { ChannelValue, TaskWrite } from "../../core/checkpoint/checkpoint-port.ts";
import { checkWhole } from "../../core/json/size-limits.ts";

/** @throws TooLarge with the largest channel's name: nobody could read the values in one piece */
export function checkSizes(values: readonly (readonly [channel: string, value: ChannelValue])[], whole: string): void {
  const sizes = values.map(([channel, { elements }]): [string, number] => [
    channel,
    elements.reduce((sum, { length }) => sum + length, 0),
  ]);
  const [largest] = sizes.toSorted(([, one], [, other]) => other - one);
  if (!largest) return;
  const [channel, bytes] = largest;
  checkWhole(bytes, `The channel "${channel}"`);
  checkWhole(
    sizes.reduce((sum, [, size]) => sum + size, 0),
    `${whole} (most of it the channel "${channel}")`,
  );
}

/**
 * @returns what a call to write leaves: ordinary indexes are unique in it, of special ones the last counts
 * @throws TooLarge as `checkSizes`
 */
export function checkWrites(writes: readonly TaskWrite[]): TaskWrite[] {
  const left = [...new Map(writes.map((write) => [write.index, write])).values()];
  checkSizes(
    left.map(({ channel, value }) => [channel, value]),
    "What a task writes",
  );
  return left;
}
