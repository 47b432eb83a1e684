/** A project in Python whose users have what is their own: its auth and its graphs run in a child. */
import { testIsolation } from "../flow/isolation-suite.ts";
import { startPython } from "./python-server.ts";

testIsolation(() => startPython({ config: "test/fixtures/python/users/langgraph.json" }));
