/** The page `/watch`: begins here. */
import { render } from "preact";
import { followAddress } from "./open-thread.ts";
import { takeKey } from "./address.ts";
import { App } from "./app.tsx";
import { followThreads } from "./threads-list.ts";

/** A slash goes to the search, unless somebody is writing. */
document.addEventListener("keydown", (event) => {
  const isWriting = event.target instanceof Element && event.target.matches("input, textarea, select");
  if (event.key !== "/" || isWriting || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  document.getElementById("search")?.focus();
});

takeKey();
followThreads();
followAddress();
const root = document.getElementById("app");
if (root) render(<App />, root);
