/** The clients that README.md shows, saved under their names and run, against the example project. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { codeAfter, runFile } from "../support/readme-code.ts";
import { startServer } from "../support/server.ts";

const client = codeAfter("save as `client.mjs`");
const loop = codeAfter("drops those that have not become `values`");
const at = (url: string, code: string): string => {
  expect(code).toContain("http://localhost:2024");
  return code.replace("http://localhost:2024", url);
};
const ANSWER = "21 degrees and sunny in Paris. This is a script: set OPENAI_API_KEY to talk to a model.";

test("N8: client.mjs prints the words of the chat, as its last line says", async () => {
  const server = await startServer();
  onTestFinished(() => server.stop());

  const printed = await runFile("client.mjs", at(server.url, client)).ended;

  expect(printed).toBe(`Let me look.${ANSWER}`);
  const [, shown = ""] = /^\/\/ (.*) …$/m.exec(client) ?? [];
  expect(printed.startsWith(shown)).toBe(true);
});

/** Attempt 2 begins when the lease of the killed server is over. */
test("N5: a client with the five lines shows no beginning twice after a crash", async () => {
  const data = mkdtempSync(join(tmpdir(), "threadline-attempt-"));
  onTestFinished(() => rmSync(data, { recursive: true }));
  const first = await startServer({ data });
  const [begin = ""] = client.split("// Now, later");
  const print = 'console.log(JSON.stringify({ event, data, words, said: messages.at(-1)?.content ?? "" }));\n}\n';
  expect(loop.trim().split("\n")).toHaveLength(6);
  const running = runFile("client.mjs", at(first.url, begin) + loop.replace(/\}\n$/, print));

  await expect.poll(() => running.printed()).toContain('"words":"21 degrees and sunny in Paris. ');
  await first.kill();
  const second = await startServer({ data, port: first.port });
  onTestFinished(() => second.stop());
  const lines = (await running.ended).trim().split("\n");

  const seen = lines.map((line) => JSON.parse(line) as { event: string; data: unknown; words: string; said: string });
  expect(seen.filter(({ event }) => event === "metadata")).toMatchObject([
    { data: { attempt: 1 }, words: "" },
    { data: { attempt: 2 }, words: "" },
  ]);
  expect(seen.at(-1)).toMatchObject({ words: "", said: ANSWER });
  const whole = ["Let me look.", "21 degrees and sunny in Paris", ANSWER];
  const strange = seen.filter(({ words }) => !whole.some((text) => text.startsWith(words)));
  expect(strange).toEqual([]);
});
