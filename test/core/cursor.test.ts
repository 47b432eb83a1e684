import { eventId, parseCursor } from "../../functions/core/log/cursor.ts";

describe("parseCursor", () => {
  it.each(["-1", "-", "0", "0-0", "$"])("%s reads the whole run", (text) => {
    expect(parseCursor(text)).toEqual({ kind: "start" });
  });

  it.each([undefined, null, "", "abc", "5", "5-", "-5-1", "5-x", "1724250000000-0-1", "99999999999-1", " 5-1"])(
    "%s reads live",
    (text) => {
      expect(parseCursor(text)).toEqual({ kind: "live" });
    },
  );

  it("reads back what an event was given", () => {
    expect(parseCursor(eventId(17, 3))).toEqual({ kind: "after", slot: 17, index: 3 });
  });
});
