/**
 * Compiler plugin for standard decorators and `accessor`, which no Node runs and rolldown leaves unchanged: esbuild turns them into plain
 * code. Those of `experimentalDecorators` are left to rolldown.
 */
import type { Message, TransformOptions } from "esbuild";
import type { Plugin } from "rolldown";
import { languageOf } from "../source-files.ts";
import { type SyntaxNode, nodesOf } from "../syntax-tree.ts";
import type { CompilerSettings } from "./tsconfig-plan.ts";

/** Only a file that matches can have decorators. */
const WORTH_PARSING = /@[\w(]|\baccessor\b/;

export function lowerDecoratorsPlugin(settingsFor: (file: string) => CompilerSettings): Plugin {
  return {
    name: "lower-decorators",
    transform: {
      filter: { id: { include: /\.(?:[cm]?[jt]s|[jt]sx)$/, exclude: /\0/ }, code: WORTH_PARSING },
      async handler(code, id) {
        const language = languageOf(id);
        const settings = settingsFor(id);
        if (language.startsWith("ts") && settings.options["experimentalDecorators"] === true) return undefined;
        if (!parsed(() => this.parse(code, { lang: language })).some(isStandard)) return undefined;
        const { transformSync } = await import("esbuild");
        try {
          // Each call is a process of some 15 ms. A service would live as long as this process.
          const { code: made, map } = transformSync(code, { ...optionsOf(settings), loader: language, sourcefile: id });
          return { code: made, map, moduleType: "js" };
        } catch (error) {
          const [first] = messagesOf(error);
          if (first === undefined) throw error;
          return this.error({ message: first.text, id, loc: { file: id, line: first.location?.line ?? 1, column: 0 } });
        }
      },
    },
  };
}

/** Text that cannot be parsed is left to the compiler, which reports the place. */
function parsed(parse: () => unknown): SyntaxNode[] {
  try {
    return [...nodesOf(parse())];
  } catch {
    return [];
  }
}

function isStandard({ type, decorators }: SyntaxNode): boolean {
  return type.endsWith("AccessorProperty") || (Array.isArray(decorators) && decorators.length > 0);
}

/** JSX is compiled here, too, because otherwise its factory would be removed as an unused import. */
function optionsOf({ jsx, options }: CompilerSettings): TransformOptions {
  const { useDefineForClassFields, verbatimModuleSyntax } = options;
  const compilerOptions = {
    ...(typeof useDefineForClassFields === "boolean" ? { useDefineForClassFields } : {}),
    ...(typeof verbatimModuleSyntax === "boolean" ? { verbatimModuleSyntax } : {}),
  };
  const jsxOptions =
    jsx.runtime === "automatic"
      ? ({
          jsx: "automatic",
          ...(jsx.importSource === undefined ? {} : { jsxImportSource: jsx.importSource }),
        } as const)
      : ({
          jsx: "transform",
          ...(jsx.pragma === undefined ? {} : { jsxFactory: jsx.pragma }),
          ...(jsx.pragmaFrag === undefined ? {} : { jsxFragment: jsx.pragmaFrag }),
        } as const);
  return {
    ...jsxOptions,
    target: "esnext",
    supported: { decorators: false },
    sourcemap: "external",
    tsconfigRaw: { compilerOptions },
    logLevel: "silent",
  };
}

function messagesOf(error: unknown): Message[] {
  return error instanceof Error && "errors" in error && Array.isArray(error.errors) ? error.errors : [];
}
