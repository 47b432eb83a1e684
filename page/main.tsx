/** The page `/watch`: begins here. */
import { render } from "preact";
import { followAddress } from "./open-thread.ts";
import { takeKey } from "./address.ts";
import { App } from "./app.tsx";
import { followThreads } from "./threads-list.ts";

takeKey();
followThreads();
followAddress();
const root = document.getElementById("app");
if (root) render(<App />, root);
