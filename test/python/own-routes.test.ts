/** A project's own routes (`http.app`) in Python: a Starlette app. */
import { fileURLToPath } from "node:url";
import { ownRoutesHold } from "../flow/own-routes-rules.ts";
import { startPython } from "./python-server.ts";

const FIXTURE = fileURLToPath(new URL("../fixtures/python-routes", import.meta.url));

ownRoutesHold((config, options) => startPython({ config: `${FIXTURE}/${config}`, ...options }));
