/** For which Python and CPU packages are installed, in uv's words. Wheels for glibc up to 2.28 are taken: Lambda has 2.34. */
import { ConfigError } from "../config/read-config.ts";
import type { Cpu } from "../natives/target.ts";
import { OLDEST_PYTHON } from "./find-python.ts";
import { isAtLeast } from "../is-at-least.ts";

export interface PythonTarget {
  cpu: Cpu;
  /** Such as 3.13. */
  version: string;
  /** uv's name of the interpreter. */
  interpreter: string;
  /** uv's options for resolving and installing. */
  options: string[];
  /** For messages. */
  label: string;
}

const ARCHITECTURES: Readonly<Record<Cpu, string>> = { arm64: "aarch64", x64: "x86_64" };

/** @throws ConfigError for a version that is too old */
export function pythonTarget(cpu: Cpu, version: string): PythonTarget {
  if (!isAtLeast(version, OLDEST_PYTHON))
    throw new ConfigError(`"python_version" of langgraph.json is ${version}: ${OLDEST_PYTHON} or newer is needed.`);
  const architecture = ARCHITECTURES[cpu];
  return {
    cpu,
    version,
    interpreter: `cpython-${version}-linux-${architecture}-gnu`,
    options: ["--python-platform", `${architecture}-manylinux_2_28`, "--python-version", version],
    label: `Python ${version} on linux ${cpu}`,
  };
}

export const isThisMachine = ({ cpu }: Pick<PythonTarget, "cpu">): boolean =>
  process.platform === "linux" && process.arch === cpu;
