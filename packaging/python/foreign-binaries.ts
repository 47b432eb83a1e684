/** Finds programs and libraries for another platform: what was built on this machine, or brought by a mirror under a wrong name. */
import { readdirSync } from "node:fs";
import path from "node:path";
import { ConfigError } from "../config/read-config.ts";
import { readBinary } from "../natives/binary-header.ts";
import { listed } from "../preflight/sizes.ts";
import type { PythonTarget } from "./target.ts";

const BINARY = /\.so(?:\.\d+)*$|^python3$/;

/** @throws ConfigError that names them */
export function refuseForeign(folder: string, { cpu, label }: PythonTarget): void {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && BINARY.test(entry.name));
  const foreign = files.flatMap((entry) => {
    const file = path.join(entry.parentPath, entry.name);
    const binary = readBinary(file);
    return !binary || (binary.os === "linux" && binary.cpu === cpu)
      ? []
      : `${path.relative(folder, file)} (${binary.platform})`;
  });
  if (foreign.length > 0)
    throw new ConfigError(
      `Not for ${label}: ${listed(foreign)}. What has no wheel is built for this machine: choose its CPU (--cpu).`,
    );
}
