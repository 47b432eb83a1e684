import path from "node:path";
import { ALIASES } from "./kinds/aliases.ts";
import { COMPUTED } from "./kinds/computed.ts";
import type { Kind } from "./kinds/kind.ts";
import { COPIED_SOURCE } from "./kinds/copied-source.ts";
import { LANGUAGE, NOT_SERVED } from "./kinds/language.ts";
import { MIXED_FORMATS } from "./kinds/mixed-formats.ts";
import { PACKAGES } from "./kinds/packages.ts";
import { SPECIFIERS } from "./kinds/specifiers.ts";
import { TRANSFORMS } from "./kinds/transforms.ts";
import { TemporaryProject } from "./temporary-project.ts";

async function check({ files, graph = "src/graph.ts", at = "" }: Kind): Promise<unknown> {
  const config = path.join(at, "langgraph.json");
  await using project = await TemporaryProject.write({ ...files, [config]: { graphs: { g: `./${graph}:check` } } });
  return await project.check(config);
}

describe.each([
  ["specifiers", SPECIFIERS],
  ["packages", PACKAGES],
  ["aliases", ALIASES],
  ["copied source", COPIED_SOURCE],
  ["computed imports and files", COMPUTED],
  ["mixed formats", MIXED_FORMATS],
  ["language", LANGUAGE],
  ["transforms", TRANSFORMS],
])("kinds of source: %s", (_, kinds) => {
  it.each(kinds.map((kind) => [kind.name, kind] as const))("%s", async (_name, kind) => {
    const result = await check(kind);

    expect(result).toEqual(kind.expected);
  });
});

describe("kinds of source: not served", () => {
  it(`${NOT_SERVED.name} fails when the file is loaded, and says which name`, async () => {
    await expect(check(NOT_SERVED)).rejects.toThrow(/does not provide an export named 'Foo'/);
  });
});
