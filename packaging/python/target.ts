/** For which Python and CPU packages are installed, in uv's words. Lambda has glibc 2.34. */
import type { Cpu } from "../natives/target.ts";

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

export function pythonTarget(cpu: Cpu, version: string): PythonTarget {
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
