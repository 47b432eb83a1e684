/** Who may import whom, and which packages a folder may use (CONTRIBUTING.md has the same as a table). */

export interface Rule {
  /** Files below this path, the longest that matches counts; `*` = files directly in it. */
  of: string;
  /** Paths of ours that they may import, themselves included. */
  ours: string[];
  packages: string[];
  /** Packages, and paths of ours, for types alone. */
  types?: string[];
}

const RINGS = [
  "functions/protocol",
  "functions/core",
  "functions/http",
  "functions/aws",
  "functions/engine",
  "functions/outbound",
];
/** What the deployment has to know of the functions: shapes and numbers. */
const SHAPE = [
  "functions/aws/env.ts",
  "functions/aws/table/table.ts",
  "functions/core/metrics/metric-names.ts",
  "functions/core/run/timings.ts",
  "functions/core/run/execute/timings.ts",
  "functions/core/units.ts",
  "functions/host/memory.ts",
  "functions/host/timings.ts",
  "functions/http/edge/timings.ts",
  "functions/http/server/cors.ts",
  "functions/protocol/compiled.ts",
  "functions/protocol/default-configs.ts",
  "functions/protocol/env-file.ts",
  "functions/protocol/graph-shape.ts",
  "functions/protocol/left-out.ts",
  "functions/protocol/manifest.ts",
  "functions/protocol/client-key.ts",
  "functions/protocol/origin.ts",
  "functions/protocol/ui-script.ts",
];
const LANGGRAPH = ["@langchain/langgraph", "@langchain/langgraph-checkpoint", "@langchain/core"];

export const RULES: Rule[] = [
  { of: "functions/protocol", ours: ["functions/protocol"], packages: ["zod", "dotenv", "croner"] },
  { of: "functions/core", ours: ["functions/core", "functions/protocol"], packages: ["node:"] },
  {
    of: "functions/http",
    ours: ["functions/http", "functions/core", "functions/protocol"],
    packages: ["node:", "hono", "zod"],
  },
  {
    of: "functions/aws",
    ours: ["functions/aws", "functions/core", "functions/protocol"],
    packages: ["node:", "zod", "@aws-sdk"],
  },
  {
    of: "functions/engine",
    ours: ["functions/engine", "functions/core", "functions/protocol"],
    packages: ["node:"],
    types: LANGGRAPH,
  },
  {
    of: "functions/outbound",
    ours: ["functions/outbound", "functions/core", "functions/protocol"],
    packages: ["node:", "jose"],
  },
  {
    of: "functions/host",
    ours: ["functions/host", ...RINGS],
    packages: ["node:", "zod", "@aws-lambda-powertools/logger"],
    types: ["aws-lambda"],
  },
  {
    of: "functions/*",
    ours: [...RINGS, "functions/host", "functions/*"],
    packages: ["node:", "zod"],
    types: ["aws-lambda"],
  },
  {
    // It runs in browsers: of the server it has types, the memory of its functions, and the formulas of costs.
    of: "page",
    ours: ["page", "cost/estimate.ts", "cost/prices.ts", "cost/unit-counts.ts", "functions/host/memory.ts"],
    packages: [
      "preact",
      "@preact/signals",
      "@tanstack/virtual-core",
      "@dagrejs/dagre",
      "microdiff",
      "eventsource-parser",
    ],
    types: ["functions/protocol"],
  },
  {
    of: "infra",
    ours: ["infra", "packaging", ...SHAPE],
    packages: ["node:", "aws-cdk-lib", "constructs"],
  },
  {
    of: "packaging",
    ours: ["packaging", "command-line", ...SHAPE],
    packages: ["esbuild", "jsonc-parser", "node:", "rolldown", "zod"],
  },
  { of: "command-line", ours: ["command-line"], packages: ["node:"] },
  {
    of: "local",
    ours: ["local", "packaging", "command-line", "functions/*", "functions/host", ...RINGS],
    packages: ["node:", "@aws-sdk", "fauxqs", "selfsigned"],
    types: ["aws-lambda"],
  },
  {
    of: "local/ministack",
    ours: ["local", "infra", "packaging", "command-line", "functions/host/clock-and-ids.ts", ...SHAPE],
    packages: ["node:", "@aws-sdk", "aws-cdk-lib"],
  },
  { of: "smoke", ours: ["smoke", "command-line"], packages: ["node:"] },
  {
    of: "cost",
    ours: ["cost", "command-line", "local", "packaging", "functions/host/memory.ts", ...RINGS],
    packages: ["node:", "@aws-sdk", "zod"],
  },
  { of: "cost/measure/project", ours: ["cost/measure/project"], packages: ["node:", "zod", ...LANGGRAPH] },
  {
    of: "bench",
    ours: ["bench", "cost/measure", "command-line", "local", "packaging", "functions", "package.json", "test/registry"],
    packages: ["node:", "@aws-sdk"],
  },
];
