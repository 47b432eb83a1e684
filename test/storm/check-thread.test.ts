/** What the checker of a storm knows beyond the shared one is wrong when it is. */
import { encodeEvents } from "../../functions/core/log/slot-payload.ts";
import type { Slot } from "../../functions/core/log/slot.ts";
import { stepsDoneTwice } from "./check-thread.ts";

/** A slot of one run that tells this update. */
const told = (slot: number, epoch: number, update: object): Slot => ({
  slot,
  epoch,
  run_id: "run",
  gen: 1,
  nonce: "writer",
  count: 1,
  payload: encodeEvents([{ event: "updates", data: JSON.stringify(update) }]),
  more: false,
  parts: 0,
  written_at: 0,
});
const [one, two] = [{ step: { trail: [1] } }, { step: { trail: [2] } }];

test.each<[string, Slot[], string[]]>([
  ["steps that follow each other are well", [told(1, 1, one), told(2, 1, two)], []],
  [
    "a step that the next claim tells again was done twice",
    [told(1, 1, one), told(2, 2, one)],
    ["run run has told of step 1 twice"],
  ],
  [
    "what is told again from a stored write was not",
    [told(1, 1, one), told(2, 2, { ...one, __metadata__: { cached: true } })],
    [],
  ],
])("I7: %s", (_, slots, texts) => {
  expect(stepsDoneTwice({ runs: [{ run_id: "run" }], slots }).map(({ text }) => text)).toEqual(texts);
});
