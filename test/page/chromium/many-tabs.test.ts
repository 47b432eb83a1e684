/** Eight tabs on one thread, each with a stream of its own: over HTTP/1.1 the seventh would wait, over HTTP/2 none does. */
import { readFileSync, mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:http2";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { openBrowser, UNSIGNED } from "../../registry/chromium.ts";
import { GOLDEN, startServer } from "../../support/server.ts";
import { chromium, says } from "./open-page.ts";

const TABS = 8;

test.skipIf(chromium === undefined)("each follows the run to its end", async () => {
  await using opened = new AsyncDisposableStack();
  const data = mkdtempSync(join(tmpdir(), "threadline-tabs-"));
  opened.defer(() => rmSync(data, { recursive: true }));
  const server = await startServer({ config: GOLDEN, data, https: true });
  opened.defer(() => server.stop());
  const session = connect(server.url, { ca: readFileSync(join(data, "certificate.pem"), "utf8") });
  opened.defer(() => session.close());
  const post = async (path: string, body: object) => {
    const stream = session.request({ ":method": "POST", ":path": path, "content-type": "application/json" });
    stream.end(JSON.stringify(body));
    return (await json(stream)) as Record<string, string>;
  };
  const { thread_id } = await post("/threads", {});
  const input = { n: 3, delay_ms: 0, gate: "many tabs" };
  await post(`/threads/${thread_id}/runs`, { assistant_id: "slow", input, stream_mode: ["custom", "values"] });
  const browser = await openBrowser(chromium ?? "", UNSIGNED);
  opened.defer(() => browser.close());
  const tabs = await Promise.all(
    Array.from({ length: TABS }, () => browser.openTab(`${server.url}/watch#/threads/${thread_id}?pane=stream`)),
  );
  for (const tab of tabs) {
    await tab.command("Page.bringToFront");
    await tab.until(says("live"));
  }

  await post("/runs/wait", { assistant_id: "open_gate", input: { gate: "many tabs" } });

  for (const tab of tabs) {
    await tab.command("Page.bringToFront");
    await tab.until(says("the run has ended"));
  }
});
