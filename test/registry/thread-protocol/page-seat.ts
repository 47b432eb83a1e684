/** A tab of Chromium with a page of clients/pages that shows all it has. */
import type { Profile } from "../chromium.ts";
import type { Client } from "../results.ts";
import type { Seat, SeatKind, View } from "./seat.ts";

/** @param profile of which each seat has one of its own: tabs of a profile share six connections to a host */
export const pageSeats = (client: Client, url: string, newProfile: () => Promise<Profile>): SeatKind => ({
  client,
  // SDK 1.11, which `@langchain/react` 1.1 brings.
  keepsHalves: true,
  async open({ api, assistant, threadId }): Promise<Seat> {
    const asked = new URLSearchParams({ api, assistant, ...(threadId !== undefined && { thread: threadId }) });
    const tab = await (await newProfile()).openTab(`${url}?${asked.toString()}`);
    await tab.until(`!!document.querySelector("pre")`);
    return {
      view: async () => JSON.parse(String(await tab.value(`document.querySelector("pre").textContent`))) as View,
      async send(text) {
        await tab.value(`document.querySelector("input").value = ${JSON.stringify(text)}`);
        await tab.click("Send");
      },
      answer: (question) => tab.click(`Answer to ${question}`),
      answerAll: () => tab.click("Answer all"),
      stop: () => tab.click("Stop"),
      [Symbol.asyncDispose]: () => tab.close(),
    };
  },
});
