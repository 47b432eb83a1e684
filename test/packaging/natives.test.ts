/** Binaries in packages: read by their headers, judged for the target, fetched by npm where this machine has none. */
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { measurePackages } from "../../packaging/closure/copy-packages.ts";
import { placePackages } from "../../packaging/closure/place-packages.ts";
import { readBinary } from "../../packaging/natives/binary-header.ts";
import { checkNatives, findNatives } from "../../packaging/natives/check-natives.ts";
import { type Cpu, isVariantFor } from "../../packaging/natives/target.ts";
import { buildArtefact } from "../../packaging/build-artefact.ts";
import { printReport } from "../../packaging/preflight/print-report.ts";
import { tryGraphs } from "../../packaging/preflight/try-graphs.ts";
import { readJsonObject } from "../../packaging/source-files.ts";
import { elf, machO, windows } from "./native-files.ts";
import { startRegistry } from "./npm-registry.ts";
import { closureOf } from "./placed.ts";
import { type Files, TemporaryProject } from "./temporary-project.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "natives-"));
});
afterAll(() => rm(folder, { recursive: true }));

test.each([
  ["Linux x64", "a.node", elf("x64"), { os: "linux", cpu: "x64", platform: "linux x64" }],
  ["Linux arm64", "b.node", elf("arm64"), { os: "linux", cpu: "arm64", platform: "linux arm64" }],
  ["another CPU", "c.node", elf("riscv64"), { os: "linux", cpu: "other", platform: "linux CPU 243" }],
  ["FreeBSD, which is ELF too", "d.node", elf("arm64", 9), { os: "other", cpu: "arm64", platform: "FreeBSD arm64" }],
  ["musl", "x.musl.node", elf("arm64"), { os: "other", cpu: "arm64", platform: "linux arm64 (not glibc)" }],
  ["macOS", "e.node", machO(), { os: "other", cpu: "other", platform: "macOS" }],
  ["Windows", "f.node", windows(), { os: "other", cpu: "other", platform: "Windows" }],
  ["text", "g.node", Buffer.from("#!/usr/bin/env node -- a script"), undefined],
  ["nothing", "h.node", Buffer.alloc(0), undefined],
])("a header tells the platform: %s", async (_, name, content, expected) => {
  const file = path.join(folder, name);
  await writeFile(file, content);

  expect(readBinary(file)).toEqual(expected);
});

test("names tell variants for the target from others", () => {
  const names = "@img/sharp-linux-arm64 @napi-rs/canvas-linux-arm64-gnu @libsql/linux-arm64-gnu x-linux-aarch64 ".split(
    " ",
  );
  const others =
    "@img/sharp-linuxmusl-arm64 @libsql/linux-arm64-musl @img/sharp-darwin-arm64 x-linux-arm x-linux-x64 linux-arm64ec";

  expect(names.filter((name) => isVariantFor(name, "arm64"))).toEqual(names.filter((name) => name !== ""));
  expect(others.split(" ").filter((name) => isVariantFor(name, "arm64"))).toEqual([]);
});

/** What is said of the packages that `native` and its kind are. */
async function judge(files: Record<string, Buffer | Record<string, unknown>>, cpu: Cpu): Promise<string[]> {
  await using project = await TemporaryProject.write({
    "package.json": { name: "p", dependencies: { native: "*" } },
    "node_modules/native/package.json": { name: "native", version: "1.0.0" },
    ...onlyObjects(files),
  });
  for (const [name, content] of Object.entries(files))
    if (Buffer.isBuffer(content)) await project.add({ [name]: content.toString("latin1") });
  for (const [name, content] of Object.entries(files))
    if (Buffer.isBuffer(content)) await writeFile(path.join(project.dir, name), content);
  const packages = measurePackages(placePackages(closureOf(project.dir, [""], cpu).importers));
  const natives = findNatives(packages, cpu);
  return checkNatives({ packages, natives, cpu, image: false }).map(({ level, text }) => `${level}: ${text}`);
}

function onlyObjects(files: Record<string, Buffer | Record<string, unknown>>): Files {
  return Object.fromEntries(
    Object.entries(files).flatMap(([name, content]) => (Buffer.isBuffer(content) ? [] : [[name, content]])),
  );
}

describe("a package with binaries", () => {
  const prebuilt = {
    "node_modules/native/prebuilds/darwin.node": machO(),
    "node_modules/native/prebuilds/x64.node": elf("x64"),
    "node_modules/native/prebuilds/arm64.node": elf("arm64"),
  };
  const built = { "node_modules/native/binding.gyp": Buffer.from("{}") };

  it("is fine if one of them is for the target", async () => {
    expect([await judge(prebuilt, "arm64"), await judge(prebuilt, "x64")]).toEqual([[], []]);
  });

  it("is an error if none is", async () => {
    expect(
      await judge({ "node_modules/native/a.node": elf("x64"), "node_modules/native/b.node": machO() }, "arm64"),
    ).toEqual([
      "error: native@1.0.0 has binaries for linux x64, macOS, none for linux arm64: " +
        "deploy for x64 (-c cpu=x64; npm run package -- --cpu x64).",
    ]);
  });

  it("says so if it was built on installation, or should have been", async () => {
    const [wrong] = await judge({ ...built, "node_modules/native/build/Release/a.node": elf("x64") }, "arm64");
    const [missing] = await judge(built, "arm64");

    expect(wrong).toMatch(
      /^error: native@1.0.0 was built on installation and has binaries for linux x64.*: deploy for x64 .*--image/,
    );
    expect(missing).toMatch(/^warning: native@1.0.0 is built when it is installed, and has not been built here/);
    expect(await judge({ ...built, "node_modules/native/build/Release/a.node": elf("arm64") }, "arm64")).toEqual([]);
  });

  it("P4: loads what was built on installation before what came with it", async () => {
    const both = { ...prebuilt, ...built, "node_modules/native/build/Release/a.node": elf("x64") };

    expect(await judge(both, "arm64")).toEqual([expect.stringMatching(/^error: .*: deploy for x64 /)]);
    expect(await judge(both, "x64")).toEqual([]);
  });

  it("P4: is fine if a variant for the target is there, whatever its own program is for", async () => {
    const variant = {
      "node_modules/native/package.json": {
        name: "native",
        version: "1.0.0",
        optionalDependencies: { "@native/linux-arm64": "1.0.0" },
      },
      "node_modules/native/bin.so": elf("x64"),
      "node_modules/@native/linux-arm64/package.json": { name: "@native/linux-arm64", version: "1.0.0" },
    };

    expect(await judge({ ...variant, "node_modules/@native/linux-arm64/a.so": elf("arm64") }, "arm64")).toEqual([]);
    // No all-clear for a variant that is only called so.
    expect(await judge({ ...variant, "node_modules/@native/linux-arm64/a.so": elf("x64") }, "arm64")).toHaveLength(2);
  });

  it("is an error if it states itself to be for another platform", async () => {
    const manifest = { name: "native", version: "1.0.0", os: ["darwin"], cpu: ["arm64"] };

    expect(await judge({ "node_modules/native/package.json": manifest }, "arm64")).toEqual([
      "error: native@1.0.0 states that it is not for linux arm64.",
    ]);
  });
});

const published = (name: string, cpu: Cpu, more: Record<string, unknown> = {}) => ({
  manifest: { name, version: "1.0.0", os: ["linux"], cpu: [cpu], ...more },
  files: { "lib/native.node": elf(cpu) },
});

test("P3: two versions of a native package have each its own variant, where it is resolved", async () => {
  const native = (at: string, version: string) => ({
    [`${at}/package.json`]: {
      name: "native",
      version,
      main: "i.js",
      optionalDependencies: { "@own/native-linux-x64": version, "@own/native-linux-arm64": version },
    },
    [`${at}/i.js`]: "",
  });
  const versions = ["1.0.0", "2.0.0"] as const;
  await using registry = await startRegistry(
    versions.map((version) => published("@own/native-linux-arm64", "arm64", { version })),
  );
  await using project = await TemporaryProject.write({
    ".npmrc": `registry=${registry.url}\n`,
    "package.json": { name: "p", type: "module", dependencies: { native: "2.0.0", old: "npm:native@1.0.0" } },
    ...native("node_modules/native", "2.0.0"),
    ...native("node_modules/old", "1.0.0"),
    "src/graph.ts": 'import "native"; import "old"; export const graph = 1;',
    "langgraph.json": { graphs: { g: "./src/graph.ts:graph" } },
  });
  const config = path.join(project.dir, "langgraph.json");

  const { folder: made, findings } = await buildArtefact({ config, cpu: "arm64" });
  const asked = registry.asked.length;
  await buildArtefact({ config, cpu: "arm64" });

  const versionAt = (at: string): unknown =>
    readJsonObject(path.join(made, "project/node_modules", at, "@own/native-linux-arm64/package.json"))?.["version"];
  expect([versionAt(""), versionAt("old/node_modules")]).toEqual(["2.0.0", "1.0.0"]);
  expect(findings.filter(({ topic }) => topic === "native")).toEqual([]);
  expect(registry.asked.length).toBe(asked);
});

describe("a variant for the target that is not installed here", () => {
  const PROJECT: Files = {
    "package.json": { name: "p", type: "module", dependencies: { native: "1.0.0" } },
    "node_modules/native/package.json": {
      name: "native",
      version: "1.0.0",
      main: "i.js",
      optionalDependencies: { "@own/native-linux-x64": "1.0.0", "@own/native-linux-arm64": "1.0.0" },
    },
    "node_modules/native/i.js": "",
    "node_modules/@own/native-linux-x64/package.json": {
      name: "@own/native-linux-x64",
      version: "1.0.0",
      os: ["linux"],
      cpu: ["x64"],
    },
    "src/graph.ts": 'import "native"; export const graph = 1;',
    "langgraph.json": { graphs: { g: "./src/graph.ts:graph" } },
  };

  it("is fetched by npm, with what it needs itself, and takes the place of this machine's", async () => {
    await using registry = await startRegistry([
      published("@own/native-linux-arm64", "arm64", {
        optionalDependencies: { "@own/libnative-linux-arm64": "1.0.0" },
      }),
      published("@own/libnative-linux-arm64", "arm64"),
    ]);
    await using project = await TemporaryProject.write({ ...PROJECT, ".npmrc": `registry=${registry.url}\n` });
    const config = path.join(project.dir, "langgraph.json");

    const artefact = await buildArtefact({ config, cpu: "arm64" });
    const first = registry.asked.length;
    const again = await buildArtefact({ config, cpu: "arm64" });

    const files = await project.list(".threadline/artefact/arm64/project/node_modules/@own");
    expect(files).toEqual(
      ["libnative-linux-arm64", "native-linux-arm64"].flatMap((name) => [
        `${name}/lib/native.node`,
        `${name}/package.json`,
      ]),
    );
    const binary = path.join(artefact.folder, "project/node_modules/@own/native-linux-arm64/lib/native.node");
    expect(readFileSync(binary).readUInt16LE(18)).toBe(183);
    expect(artefact.natives.map(({ key, fits }) => [key, fits])).toEqual([
      ["@own/native-linux-arm64@1.0.0", true],
      ["@own/libnative-linux-arm64@1.0.0", true],
    ]);
    expect([artefact, again].flatMap(({ findings }) => findings.filter(({ topic }) => topic === "native"))).toEqual([]);
    // What was fetched is kept.
    expect(registry.asked.length).toBe(first);
  });

  it("is an error that says what is missing and why, if npm has none", async () => {
    await using registry = await startRegistry([]);
    await using project = await TemporaryProject.write({ ...PROJECT, ".npmrc": `registry=${registry.url}\n` });

    const { findings } = await buildArtefact({ config: path.join(project.dir, "langgraph.json"), cpu: "arm64" });

    expect(findings.filter(({ topic }) => topic === "native")).toEqual([
      {
        level: "error",
        topic: "native",
        text: expect.stringMatching(
          /^native@1\.0\.0 needs @own\/native-linux-arm64@1\.0\.0 .* could not be fetched: 404/,
        ),
      },
    ]);
  });

  it("P4: graphs are loaded all the same, with what stands here for it", async () => {
    const own = process.arch === "arm64" ? "arm64" : "x64";
    const other = own === "x64" ? "arm64" : "x64";
    await using registry = await startRegistry([published(`@own/native-linux-${other}`, other)]);
    await using project = await TemporaryProject.write({
      ...PROJECT,
      ".npmrc": `registry=${registry.url}\n`,
      "node_modules/native/i.js": `require("@own/native-linux-" + process.arch);`,
      "node_modules/@langchain/core/package.json": {
        name: "@langchain/core",
        exports: { "./messages": "./messages.js" },
      },
      [`node_modules/@own/native-linux-${own}/package.json`]: {
        name: `@own/native-linux-${own}`,
        version: "1.0.0",
        os: ["linux"],
        cpu: [own],
      },
      [`node_modules/@own/native-linux-${own}/index.js`]: "",
      "src/graph.ts": 'import "native"; export const graph = { lg_is_pregel: true };',
    });

    const artefact = await buildArtefact({ config: path.join(project.dir, "langgraph.json"), cpu: other });
    const tried = await tryGraphs(artefact, {});

    expect(tried).toMatchObject([{ graph_id: "g", ms: expect.any(Number) as unknown }]);
    expect(await printReport({ artefact, seconds: 1, tried, untried: undefined })).toContain(
      `loaded with what stands here for the binaries of linux ${other}: @own/native-linux-${own}@1.0.0`,
    );
    // The artefact itself has none of it.
    expect(await project.list(`.threadline/artefact/${other}/project/node_modules/@own`)).toEqual([
      `native-linux-${other}/lib/native.node`,
      `native-linux-${other}/package.json`,
    ]);
  });

  it("is not asked for where this machine's fits", async () => {
    await using registry = await startRegistry([]);
    await using project = await TemporaryProject.write({ ...PROJECT, ".npmrc": `registry=${registry.url}\n` });

    const { findings } = await buildArtefact({ config: path.join(project.dir, "langgraph.json"), cpu: "x64" });

    expect([findings.filter(({ topic }) => topic === "native"), registry.asked]).toEqual([[], []]);
  });
});
