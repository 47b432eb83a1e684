/** P8: files of variables as dotenv reads them, and where each variable goes on AWS. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { parseEnvFile } from "../../functions/protocol/env-file.ts";
import { buildArtefact } from "../../packaging/build-artefact.ts";
import { readConfig } from "../../packaging/config/read-config.ts";
import { destinationOf } from "../../packaging/config/variable-destinations.ts";
import { ESM } from "./kinds/kind.ts";
import { TemporaryProject } from "./temporary-project.ts";

test.each([
  ["a byte order mark", "\uFEFFA=1\nB=2", { A: "1", B: "2" }],
  ["export and a tab", "export\tA=1\n  export  B = 2", { A: "1", B: "2" }],
  ["lines of Windows and of old Macs", "A=1\r\nB=2\rC=3", { A: "1", B: "2", C: "3" }],
  ["a colon", "A: 1", { A: "1" }],
  ["a comment behind a value", "A=1 # one\nB='#1' # one\nC=\"a#b\"", { A: "1", B: "#1", C: "a#b" }],
  [
    "several lines in quotes",
    'A="one\ntwo"\nB=`it\'s "so"`\nC="a\\nb"\nD=\'a\\nb\'',
    { A: "one\ntwo", B: 'it\'s "so"', C: "a\nb", D: "a\\nb" },
  ],
  ["names with dots and hyphens", "a.b=1\nc-d=2", { "a.b": "1", "c-d": "2" }],
  ["an empty value, and a name twice", "A=\nB=1\nB=2", { A: "", B: "2" }],
  ["a value with =", "A=b=c==", { A: "b=c==" }],
  ["a dollar sign, which stays", "A=$B-${C}", { A: "$B-${C}" }],
])("P8: %s", (_, text, values) => {
  expect(parseEnvFile(text)).toEqual(values);
});

test("N7: a file that is missing is told, by the name that the config has, and its variables are none", async () => {
  await using project = await TemporaryProject.write({ "langgraph.json": { graphs: {}, env: "../conf/.env" } });

  const { env } = readConfig(path.join(project.dir, "langgraph.json"));

  expect(env).toEqual({
    file: path.resolve(project.dir, "../conf/.env"),
    missing: 'There is no file ../conf/.env, which "env" of langgraph.json names: graphs do not get its variables.',
    values: {},
  });
});

test.each([
  ["TABLE_NAME", "t", "settings"],
  ["AUTH", "none", "settings"],
  ["AWS_BUCKET", "b", "settings"],
  ["AWS_ENDPOINT_URL_S3", "http://localhost:9000", "settings"],
  ["AWS_ENDPOINT_URL_DYNAMODB", "http://localhost:8000", "artefact"],
  ["_X", "x", "artefact"],
  ["a.b", "x", "artefact"],
  ["EMPTY", "", "artefact"],
  ["AWS_REGION", "eu-west-1", "nowhere"],
  ["THREADLINE_STREAM_CUT", "clean", "nowhere"],
])("S11: %s=%s goes to the %s of a deployment", (name, value, place) => {
  expect(destinationOf(name, value)).toBe(place);
});

test("S11, P2: what the settings of a function cannot have is in the artefact, secrets are in neither, wrong defaults are told", async () => {
  await using project = await TemporaryProject.write({
    ...ESM,
    "langgraph.json": { graphs: { g: "./graph.ts:graph" }, env: ".env" },
    "graph.ts": "export const graph = 1;",
    ".env":
      "LANGGRAPH_CONFIG=[\nMODEL=small\nEMPTY=\na.b=dotted\nOPENAI_API_KEY=sk-1\nAWS_REGION=eu-west-1\nTHREADLINE_STREAM_CUT=clean\n",
  });

  const { folder, findings } = await buildArtefact({ config: path.join(project.dir, "langgraph.json") });
  const manifest = JSON.parse(readFileSync(path.join(folder, "project", "manifest.json"), "utf8")) as object;

  expect(manifest).toMatchObject({ env_values: { EMPTY: "", "a.b": "dotted" } });
  expect(JSON.stringify(manifest)).not.toMatch(/sk-1|small|eu-west-1|clean/);
  expect(findings[0]).toMatchObject({ level: "error", text: expect.stringMatching(/^LANGGRAPH_CONFIG: is not JSON/) });
  expect(findings.map(({ text }) => text).join("\n")).toMatch(
    /AWS_REGION is set by Lambda[\s\S]*THREADLINE_STREAM_CUT is a setting of this server/,
  );
});
