/** Where there is no emulator, what needs one is skipped, and nothing else. */
import { skippedHere } from "./needs-emulator.ts";

test("with an emulator nothing is skipped", () => {
  expect(skippedHere(undefined, true)).toEqual({ files: [] });
});

test("without one, what starts it or a server is, with both ways out; what needs no table is not", () => {
  const { files, reason } = skippedHere(undefined, false);

  expect(files).toEqual(expect.arrayContaining(["test/flow/edge.test.ts", "test/core/run-life.test.ts"]));
  expect(files).not.toContain("test/core/cursor.test.ts");
  expect(reason).toMatch(/skipped.*dynoxide.*TEST_DYNAMODB_ENDPOINT/);
});

test("with an endpoint, only what looks after the emulator itself is", () => {
  const { files, reason } = skippedHere("http://127.0.0.1:8000", false);

  expect(files).toContain("test/local/start.test.ts");
  expect(files).not.toContain("test/flow/edge.test.ts");
  expect(reason).toContain("dynoxide");
});
