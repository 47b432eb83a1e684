/** When crons are due: in the hours of a zone, over its changes of the clock; and what is no schedule. */
import { nextTime, scheduleProblem } from "../../functions/protocol/schedule.ts";

const times = (schedule: string, timezone: string | null, from: string, count: number): string[] => {
  const found: string[] = [];
  for (let at = Date.parse(from); found.length < count; found.push(new Date(at).toISOString()))
    at = nextTime({ schedule, timezone }, at) ?? Number.NaN;
  return found.map((text) => text.slice(5, 16));
};

test.each<[what: string, schedule: string, zone: string | null, from: string, expected: string[]]>([
  ["each minute", "* * * * *", null, "2026-01-01T00:00:30Z", ["01-01T00:01", "01-01T00:02"]],
  ["not the time itself", "0 9 * * *", null, "2026-01-01T09:00:00Z", ["01-02T09:00"]],
  ["days by name", "0 9 * * MON-FRI", null, "2026-01-02T10:00:00Z", ["01-05T09:00", "01-06T09:00"]],
  ["7 is Sunday, too", "0 9 * * 7", null, "2026-01-01T00:00:00Z", ["01-04T09:00"]],
  ["day of the month or of the week", "0 0 13 * 5", null, "2026-01-03T00:00:00Z", ["01-09T00:00", "01-13T00:00"]],
  ["a name", "@daily", "Asia/Kolkata", "2026-01-01T00:00:00Z", ["01-01T18:30", "01-02T18:30"]],
  ["the zone's own hour", "0 9 * * *", "America/New_York", "2026-03-07T00:00:00Z", ["03-07T14:00", "03-08T13:00"]],
  // 29 March: 2 o'clock is 3 o'clock. 25 October: the hour from 2 to 3 comes twice.
  ["an hour that is left out", "30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", ["03-29T01:00", "03-30T00:30"]],
  ["an hour that comes twice", "30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", ["10-25T00:30", "10-26T01:30"]],
  [
    "each half hour of it",
    "*/30 * * * *",
    "Europe/Berlin",
    "2026-10-25T00:10:00Z",
    ["10-25T00:30", "10-25T01:00", "10-25T01:30"],
  ],
])("%s", (_what, schedule, zone, from, expected) => {
  expect(times(schedule, zone, from, expected.length)).toEqual(expected);
});

test("seconds may come first", () => {
  expect(nextTime({ schedule: "*/10 * * * * *", timezone: null }, Date.parse("2026-01-01T00:00:01Z"))).toBe(
    Date.parse("2026-01-01T00:00:10Z"),
  );
});

test.each([
  ["30 2", null, /has not five fields/],
  ["* * * * * * 2030", null, /has not five fields/],
  ["", null, /has not five fields/],
  ["61 * * * *", null, /schedule: .*61/],
  ["a b c d e", null, /schedule: /],
  ["@bogus", null, /schedule: /],
  ["0 0 30 2 *", null, /is never due/],
  ["* * * * *", "Mars/One", /timezone: "Mars\/One" is no IANA time zone/],
])("%s in %s is refused", (schedule, timezone, problem) => {
  expect(scheduleProblem({ schedule, timezone }, Date.parse("2026-01-01"))).toMatch(problem);
});
