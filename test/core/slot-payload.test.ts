import { randomBytes } from "node:crypto";
import { cutPayload, decodeEvents, encodeEvents, pack, unpack } from "../../functions/core/log/slot-payload.ts";
import { SLOT_BYTES } from "../../functions/core/log/timings.ts";

describe("the payload of a slot", () => {
  it("keeps events byte for byte", () => {
    const events = [
      { event: "metadata", data: '{"run_id":"x"}' },
      { event: "updates|node:1|other:2", data: JSON.stringify({ text: "tab\t line\n \u2028 é 🐈", nul: "\0" }) },
      { event: "custom", data: '""' },
    ];

    expect(decodeEvents(encodeEvents(events))).toEqual(events);
    expect(decodeEvents(encodeEvents([]))).toEqual([]);
  });

  it("compresses what repeats and leaves alone what does not", () => {
    const repeated = pack(Buffer.from("token ".repeat(1000)));
    const random = randomBytes(4_000);

    expect(repeated.length).toBeLessThan(100);
    expect(pack(random).length).toBe(random.length + 1);
    expect(unpack(pack(random)).equals(random)).toBe(true);
  });

  it("is cut so that every part fits, and joined again", () => {
    const events = [{ event: "custom", data: JSON.stringify(randomBytes(SLOT_BYTES).toString("base64")) }];

    const parts = cutPayload(encodeEvents(events));

    expect(parts.length).toBeGreaterThan(1);
    expect(Math.max(...parts.map((part) => part.length))).toBeLessThanOrEqual(SLOT_BYTES);
    expect(decodeEvents(Buffer.concat(parts))).toEqual(events);
  });
});
