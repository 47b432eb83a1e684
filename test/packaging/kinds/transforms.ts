/** Syntax that this Node does not run as written: standard decorators, JSX by factories and pragmas. */
import { CJS, ESM, type Kind } from "./kind.ts";

const STANDARD = `
  const seen: unknown[] = [];
  const mark = (value: any, { kind, name }: DecoratorContext): any => { seen.push(kind, String(name)); };
  const twice = (method: any, _: unknown) => function (this: unknown, ...args: any[]) { return 2 * method.apply(this, args); };
  export @mark class Agent {
    @mark accessor level: number = 1;
    @mark name = "n";
    accessor plain = 3;
    constructor(readonly start: number) {}
    @twice run(): number { return this.start + this.level + this.plain; }
  }
  export const check = () => [Agent.name, new Agent(1).run(), ...seen];`;
const DECORATED = ["Agent", 10, "accessor", "level", "field", "name", "class", "Agent"];

const tsconfig = (compilerOptions: Record<string, unknown>) => ({ "tsconfig.json": { compilerOptions } });
const H = {
  "src/h.ts":
    "export const h = (type: unknown, props: unknown, ...kids: unknown[]) => ({ type, props, kids }); export const F = 'F';",
};
const runtimeOf = (name: string) => ({
  [`node_modules/${name}/package.json`]: { name, exports: { "./jsx-runtime": "./jsx-runtime.js" } },
  [`node_modules/${name}/jsx-runtime.js`]: `exports.jsx = (type, props) => [${JSON.stringify(name)}, type]; exports.jsxs = exports.jsx;`,
});
const useH = (start = "") => ({
  "src/graph.tsx": `${start}import { h, F } from "./h"; void [h, F]; export const check = () => <><b>{"you"}</b></>;`,
});
const MADE = { type: "F", props: null, kids: [{ type: "b", props: null, kids: ["you"] }] };
const JSX = { graph: "src/graph.tsx" };

export const TRANSFORMS: Kind[] = [
  { name: "S7: standard decorators and accessor", files: { ...ESM, "src/graph.ts": STANDARD }, expected: DECORATED },
  { name: "S7: CommonJS: the same", files: { ...CJS, "src/graph.ts": STANDARD }, expected: DECORATED },
  {
    name: "S7: standard decorators in JavaScript, whatever tsconfig says of TypeScript",
    files: {
      ...ESM,
      ...tsconfig({ experimentalDecorators: true }),
      "src/graph.js":
        "const one = (_, { name }) => function () { return name; }; class A { @one m() {} } export const check = () => new A().m();",
    },
    graph: "src/graph.js",
    expected: "m",
  },
  {
    name: "S7: accessor beside decorators of the old kind",
    files: {
      ...ESM,
      ...tsconfig({ experimentalDecorators: true }),
      "src/graph.ts":
        "const f = (_: any, key: string) => { names.push(key); }; const names: string[] = []; class A { @f m() {} accessor x = 4; } export const check = () => [new A().x, names];",
    },
    expected: [4, ["m"]],
  },
  {
    name: "S7: JSX beside standard decorators, and the line of the source in a stack trace",
    files: {
      ...ESM,
      ...H,
      ...tsconfig({ jsx: "react", jsxFactory: "h" }),
      "src/graph.tsx": `import { h } from "./h.js";\n\nconst d = (value: any, _: unknown) => value;\nclass A {\n  @d view() {\n    return [<b/>, new Error("here").stack];\n  }\n}\nexport const check = () => { const [view, stack] = new A().view() as any; return [view.type, /graph.tsx:6/.test(stack)]; };`,
    },
    ...JSX,
    expected: ["b", true],
  },
  {
    name: "S8: jsxFactory and jsxFragmentFactory",
    files: { ...ESM, ...H, ...useH(), ...tsconfig({ jsx: "react", jsxFactory: "h", jsxFragmentFactory: "F" }) },
    ...JSX,
    expected: MADE,
  },
  {
    name: "S8: jsxFactory through extends of what is not installed",
    files: {
      ...ESM,
      ...H,
      ...useH(),
      "tsconfig.json": {
        extends: "@tsconfig/absent",
        compilerOptions: { jsx: "react", jsxFactory: "h", jsxFragmentFactory: "F" },
      },
    },
    ...JSX,
    expected: MADE,
  },
  {
    name: "S8: the pragma @jsx, beside jsx: preserve",
    files: { ...ESM, ...H, ...useH("/** @jsx h */\n/** @jsxFrag F */\n"), ...tsconfig({ jsx: "preserve" }) },
    ...JSX,
    expected: MADE,
  },
  {
    name: "S8: the pragma @jsx without a tsconfig",
    files: { ...CJS, ...H, ...useH("/**\n * A view.\n * @jsx h\n * @jsxFrag F\n */\n") },
    ...JSX,
    expected: MADE,
  },
  {
    name: "S8: React.createElement where jsx is react",
    files: {
      ...ESM,
      ...tsconfig({ jsx: "react" }),
      "node_modules/react/index.js": "exports.createElement = (type) => ['classic', type];",
      "src/graph.tsx": 'import React from "react"; export const check = () => <b/>;',
    },
    ...JSX,
    expected: ["classic", "b"],
  },
  {
    name: "S8: jsxImportSource",
    files: {
      ...ESM,
      ...runtimeOf("preact"),
      ...tsconfig({ jsx: "react-jsx", jsxImportSource: "preact" }),
      "src/graph.tsx": "export const check = () => <b/>;",
    },
    ...JSX,
    expected: ["preact", "b"],
  },
  {
    name: "S8: the pragma @jsxImportSource, beside a factory",
    files: {
      ...ESM,
      ...runtimeOf("preact"),
      ...tsconfig({ jsx: "react", jsxFactory: "h" }),
      "src/graph.tsx": "/** @jsxImportSource preact */\nexport const check = () => <b/>;",
    },
    ...JSX,
    expected: ["preact", "b"],
  },
  {
    name: "S8: options of a tsconfig that only refers to others",
    files: {
      ...ESM,
      ...H,
      ...useH(),
      "tsconfig.json": { files: [], references: [{ path: "./tsconfig.app.json" }] },
      "tsconfig.app.json": {
        compilerOptions: { jsx: "react", jsxFactory: "h", jsxFragmentFactory: "F", composite: true },
        include: ["src"],
      },
    },
    ...JSX,
    expected: MADE,
  },
];
