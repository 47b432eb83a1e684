/** A project in Python: what goes on without its users. */
import { testIsolationInBackground } from "../flow/isolation-background-suite.ts";
import { startPython } from "./python-server.ts";

testIsolationInBackground((options) =>
  startPython({ ...options, config: "test/fixtures/python/users/langgraph.json" }),
);
