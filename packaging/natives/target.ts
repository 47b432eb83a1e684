/** The platform of an artefact: Linux with glibc on one of Lambda's two CPUs. */

/** As Node names them; AWS calls x64 x86_64. */
export const CPUS = ["arm64", "x64"] as const;
export type Cpu = (typeof CPUS)[number];

/** Packages name a CPU in several ways. */
const ALIASES: Readonly<Record<Cpu, string>> = { arm64: "arm64|aarch64", x64: "x64|x86_64|amd64" };

/** `os`, `cpu` and `libc` of a package.json: lists of names, some with `!` before. No list allows everything. */
export function fitsPlatform(manifest: Readonly<Record<string, unknown>>, cpu: Cpu): boolean {
  return allows(manifest["os"], "linux") && allows(manifest["cpu"], cpu) && allows(manifest["libc"], "glibc");
}

function allows(list: unknown, value: string): boolean {
  const names = (Array.isArray(list) ? list : [list]).filter((name) => typeof name === "string");
  if (names.includes(`!${value}`)) return false;
  const wanted = names.filter((name) => !name.startsWith("!"));
  return wanted.length === 0 || wanted.includes(value) || wanted.includes("any");
}

/** Whether a package's name says that it is the variant of another for this platform: `@img/sharp-linux-arm64`. */
export function isVariantFor(name: string, cpu: Cpu): boolean {
  return new RegExp(`(?:^|[-_./])linux[-_.]?(?:${ALIASES[cpu]})(?![a-z0-9])`).test(name) && !name.includes("musl");
}
