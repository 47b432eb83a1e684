/** What a project's files say of its packages of Python, read without uv. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { readClasses } from "../../packaging/config/read-classes.ts";
import { readPython } from "../../packaging/config/read-python.ts";
import { readDependencies } from "../../packaging/python/dependencies.ts";
import { withoutIdle } from "../../packaging/python/idle-packages.ts";
import { ownImports, ownVariables } from "../../packaging/python/own-source.ts";
import { type Files, TemporaryProject } from "./temporary-project.ts";

const PROJECT = '[project]\nname = "mine"\ndependencies = []\n';
const unwarned = (text: string): never => expect.fail(text);

async function dependenciesOf(files: Files, dependencies: unknown = ["."]) {
  await using project = await TemporaryProject.write(files);
  const python = readPython({ dependencies }, project.dir, unwarned);
  const read = readDependencies(python);
  const from = (at: string): string => path.relative(project.dir, at) || ".";
  return {
    files: read.files.map(from),
    unlocked: read.unlocked.map(from),
    locked: read.locked.map(from),
    named: read.named,
    chosen: read.chosen,
    local: read.local.map(({ dir, name }) => [from(dir), name]),
    built: read.built,
  };
}

test.each<[string, Files, unknown, object]>([
  ["a package", { "pyproject.toml": PROJECT }, ["."], { files: [], unlocked: ["."], local: [[".", "mine"]] }],
  [
    "a package beside a requirements.txt, which does not count",
    { "pyproject.toml": PROJECT, "requirements.txt": "idna\n" },
    ["."],
    { files: [], unlocked: ["."] },
  ],
  [
    "a folder whose pyproject.toml is only for tools",
    { "pyproject.toml": '[tool.ruff]\nname = "x"\n', "requirements.txt": "idna\n" },
    ["."],
    { files: ["requirements.txt"], unlocked: [], local: [] },
  ],
  ["a setup.py", { "setup.py": 'setup(name="old")' }, ["."], { unlocked: ["."], local: [[".", "old"]] }],
  [
    "names beside folders",
    { "requirements.txt": "idna\n" },
    [".", "langchain_openai", "tavily-python>=0.5"],
    { files: ["requirements.txt"], named: ["langchain_openai", "tavily-python>=0.5"] },
  ],
  [
    "nothing: the folder of langgraph.json counts",
    { "requirements.txt": "idna\n" },
    undefined,
    { files: ["requirements.txt"] },
  ],
  [
    "a lock of uv at the root of its workspace",
    { "uv.lock": "", "pyproject.toml": "[tool.uv.workspace]\n", "apps/chat/pyproject.toml": PROJECT },
    ["./apps/chat"],
    { unlocked: [], locked: ["apps/chat"] },
  ],
  [
    "itself, whatever lock lies above that is of another project",
    { "uv.lock": "", "pyproject.toml": PROJECT, "apps/chat/pyproject.toml": PROJECT },
    ["./apps/chat"],
    { unlocked: ["apps/chat"], locked: [] },
  ],
  [
    "a lock of Poetry: versions that are the same on all platforms",
    {
      "pyproject.toml": '[tool.poetry]\nname = "p"\n',
      "poetry.lock":
        '[[package]]\nname = "idna"\nversion = "3.10"\n\n[[package]]\nname = "numpy"\nversion = "1"\n\n[[package]]\nname = "numpy"\nversion = "2"\n',
    },
    ["."],
    { chosen: ["idna==3.10"], local: [[".", "p"]] },
  ],
  [
    "folders and repositories that it needs",
    {
      "requirements.txt": "-e ./lib\ntool @ git+https://example.com/tool\n",
      "lib/pyproject.toml":
        '[project]\nname = "lib"\n[tool.uv.sources]\nother = { path = "../other" }\nfar = { git = "https://example.com/far" }\n',
      "other/setup.py": "setup(name='other')",
    },
    ["."],
    {
      local: [
        ["lib", "lib"],
        ["other", "other"],
      ],
      built: ["tool", "far"],
    },
  ],
])("dependencies are those of %s", async (_, files, dependencies, expected) => {
  expect(await dependenciesOf(files, dependencies)).toMatchObject(expected);
});

test("packages change with what is read: included files and locks, too", async () => {
  await using project = await TemporaryProject.write({
    "requirements.txt": "-r more/base.txt\n",
    "more/base.txt": "-c bounds.txt\nidna\n",
    "more/bounds.txt": "idna<4\n",
  });

  const { texts } = readDependencies(readPython({}, project.dir, unwarned));

  const read = (name: string): string => readFileSync(path.join(project.dir, name), "utf8");
  expect(texts).toEqual(expect.arrayContaining(["requirements.txt", "more/base.txt", "more/bounds.txt"].map(read)));
});

describe("development servers and tools", () => {
  const RESOLVED = [
    "click==8.3.0              # via langgraph-cli, uvicorn",
    "idna==3.10                # via langgraph-api, -r requirements.txt",
    "langgraph==1.2.22         # via -r named.txt, langgraph-api",
    "langgraph-api==0.5        # via langgraph-cli",
    "langgraph-cli==0.4        # via -r requirements.txt",
    "pluggy==1.6               # via pytest",
    "pytest==9.0               # via mine (pyproject.toml)",
    "starlette==1.0            # via langgraph-api",
    "uvicorn==0.40             # via langgraph-api",
    "-e .                      # via -r requirements.txt",
  ].join("\n");

  test("are left out with what only they need", () => {
    const { kept, idle } = withoutIdle(RESOLVED, new Set());

    expect(kept).toEqual(["idna==3.10", "langgraph==1.2.22", "-e ."]);
    expect(idle).toEqual(["langgraph-api", "langgraph-cli", "pytest"]);
  });

  test("stay if the project imports them, or a package that is served needs them", () => {
    const needed = `${RESOLVED}\nlangchain-tests==1.0  # via -r requirements.txt\npytest-asyncio==1  # via langchain-tests`;

    expect(withoutIdle(RESOLVED, new Set(["pytest"])).kept).toContain("pytest==9.0");
    expect(withoutIdle(needed, new Set()).kept).toContain("pytest-asyncio==1");
  });

  test("a project imports what its modules import, not its tests", async () => {
    await using project = await TemporaryProject.write({
      "agent.py": "import os\nfrom langgraph_api.x import y\n",
      "tests/test_agent.py": "import pytest\n",
      "conftest.py": "import pytest_asyncio\n",
    });

    expect([...ownImports([project.dir])]).toEqual(["os", "langgraph_api"]);
  });
});

test("variables are those that modules read, needed or not, and the keys of models that they name", async () => {
  await using project = await TemporaryProject.write({
    "agent.py": `
import os
from langchain_openai import ChatOpenAI
url = os.environ["DATABASE_URL"]
os.environ["SET_HERE"] = "1"
if os.getenv("DEBUG") or os.environ.get('TRACE', ''):
    pass
model = init_chat_model("anthropic/claude-5")
`,
    "tests/test_agent.py": "import os\nos.environ['OF_TESTS']\n",
  });

  const uses = ownVariables([project.dir]).map(({ name, optional }) => [name, optional]);

  expect(uses).toEqual([
    ["DATABASE_URL", false],
    ["DEBUG", true],
    ["TRACE", true],
    ["OPENAI_API_KEY", true],
    ["ANTHROPIC_API_KEY", true],
  ]);
});

test.each<[unknown, unknown, RegExp[]]>([
  [true, true, []],
  [null, [], []],
  [[["my_agent.models", "Answer"]], [["my_agent.models", "Answer"]], []],
  [[["my_agent", "models", "Answer"]], [["my_agent", "models", "Answer"]], []],
  [false, [], [/^"checkpointer.serde.allowed_msgpack_modules" is not understood: only classes of the graphs/]],
  [["Answer"], [], [/is not understood/]],
  [[["Answer"]], [], [/is not understood/]],
])("which classes are restored: %j", (allowed_msgpack_modules, expected, warnings) => {
  const warned: string[] = [];

  expect(readClasses({ serde: { allowed_msgpack_modules } }, (text) => warned.push(text))).toEqual(expected);

  expect(warned).toEqual(warnings.map((warning) => expect.stringMatching(warning) as string));
});

test("LangGraph decides which classes are restored, where langgraph.json does not say it", () => {
  for (const checkpointer of [undefined, null, {}, { serde: null }, { serde: {} }])
    expect(readClasses(checkpointer, unwarned)).toBeUndefined();
});
