/** How JSX is compiled: by the tsconfig and a file's own pragmas. */
import type { Plugin } from "rolldown";

export type Jsx =
  | { runtime: "automatic"; importSource?: string }
  | { runtime: "classic"; pragma?: string; pragmaFrag?: string };

/** `preserve` leaves JSX to a bundler that compiles it by imports; so does a tsconfig that says nothing, unless it names a factory. */
export function jsxOf(options: Readonly<Record<string, unknown>>): Jsx {
  const { jsx, jsxFactory, jsxFragmentFactory, jsxImportSource } = options;
  const isClassic = jsx === "react" || (!isAutomatic(jsx) && typeof jsxFactory === "string");
  if (!isClassic)
    return {
      runtime: "automatic",
      ...(typeof jsxImportSource === "string" ? { importSource: jsxImportSource } : {}),
    };
  return {
    runtime: "classic",
    ...(typeof jsxFactory === "string" ? { pragma: jsxFactory } : {}),
    ...(typeof jsxFragmentFactory === "string" ? { pragmaFrag: jsxFragmentFactory } : {}),
  };
}

const isAutomatic = (jsx: unknown): boolean => jsx === "react-jsx" || jsx === "react-jsxdev";

/** In a comment: `@jsx h`. */
const FACTORY = /\/\*[^]*?@jsx(?:Frag)?\s+[\w$.]+[^]*?\*\//;
const SOURCE = /\/\*[^]*?@jsxImportSource\s+\S+[^]*?\*\//;
const RUNTIME = /@jsxRuntime\s/;

/**
 * To TypeScript a pragma that names a factory or a source also chooses the runtime; the compiler needs a comment for that. It goes on the
 * first line, so that source maps still fit.
 *
 * @param optionsOf of the tsconfig of a file
 */
export function jsxPragmaPlugin(optionsOf: (file: string) => Readonly<Record<string, unknown>>): Plugin {
  return {
    name: "jsx-pragma",
    transform: {
      filter: { id: /\.[jt]sx?$/, code: /@jsx/ },
      handler(code, id) {
        if (RUNTIME.test(code)) return undefined;
        const runtime = SOURCE.test(code) ? "automatic" : FACTORY.test(code) ? "classic" : undefined;
        if (runtime === undefined || (runtime === "classic" && isAutomatic(optionsOf(id)["jsx"]))) return undefined;
        return { code: `/* @jsxRuntime ${runtime} */ ${code}`, map: null };
      },
    },
  };
}
