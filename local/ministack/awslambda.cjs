/**
 * Preload for MiniStack's Node processes. They lack the `awslambda` global of Lambda's runtime: a streamed response is collected and
 * handed over in one piece, framed as the runtime frames it (prelude, eight zero bytes, body). MiniStack also unpacks code without the
 * modes of files, so an artefact's Python is made executable.
 */
"use strict";
const { chmodSync, existsSync } = require("node:fs");
const path = require("node:path");
const { PassThrough } = require("node:stream");

const python = path.join(process.env["LAMBDA_TASK_ROOT"] ?? "", "python/bin/python3");
if (existsSync(python)) chmodSync(python, 0o755);

const SEPARATOR = "\0".repeat(8);

globalThis.awslambda = {
  streamifyResponse: (handler) => async (event, context) => {
    const raw = new PassThrough();
    const chunks = [];
    raw.on("data", (chunk) => chunks.push(chunk));
    const closed = new Promise((resolve) => raw.once("close", resolve));
    raw.on("error", () => undefined);
    await handler(event, raw, context);
    await closed;
    return `${JSON.stringify(raw.prelude)}${SEPARATOR}${Buffer.concat(chunks).toString("utf8")}`;
  },
  HttpResponseStream: { from: (stream, prelude) => Object.assign(stream, { prelude }) },
};
