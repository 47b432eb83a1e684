/** A project in JavaScript: what goes on without its users. */
import { startServer } from "../support/server.ts";
import { testIsolationInBackground } from "./isolation-background-suite.ts";

testIsolationInBackground((options) => startServer({ ...options, config: "test/fixtures/auth/langgraph.json" }));
