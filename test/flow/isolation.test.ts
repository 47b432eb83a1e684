/** A project in JavaScript whose users have what is their own. */
import { startServer } from "../support/server.ts";
import { testIsolation } from "./isolation-suite.ts";

testIsolation(() => startServer({ config: "test/fixtures/auth/langgraph.json" }));
