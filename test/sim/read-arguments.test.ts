import { parseAsked, USAGE } from "./read-arguments.ts";

test("without arguments there are defaults", () => {
  expect(parseAsked([])).toEqual({
    seeds: undefined,
    from: 1,
    seed: undefined,
    without: [],
    plan: {},
    threads: 2,
    rules: false,
  });
});

test("--help is the usage", () => {
  expect(parseAsked(["--help"])).toBe("help");
});

test.each([
  [["--colour"], "--colour"],
  [["17"], "17"],
  [["--seed", "x"], "--seed: x is not a whole number"],
  [["--threads", "0"], "--threads: 0 is not a whole number"],
  [["--seeds", "1.5"], "--seeds: 1.5 is not a whole number"],
  [["--without", "nosuch"], "--without: nosuch is not a rule"],
  [["--plan", "{"], "--plan is no JSON"],
  [["--plan", "3"], "--plan is no JSON object"],
  [["--plan", '{"losing":1}'], "--plan: losing is none of lost,"],
])("%j: the reason", (args, reason) => {
  expect(() => parseAsked(args)).toThrow(reason);
});

test("the usage follows where no option was meant", () => {
  expect(() => parseAsked(["--colour"])).toThrow(USAGE);
});
