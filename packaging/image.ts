/**
 * Adds a Dockerfile to an artefact, for what is larger than a ZIP may be (an image may have 10 GB) and for packages that must be built on
 * the target.
 */
import { writeFileSync } from "node:fs";
import path from "node:path";
import type { NativePackage } from "./natives/check-natives.ts";
import type { Cpu } from "./natives/target.ts";

/** AWS's image of the same runtime; its entry point is the runtime client, its command a handler. */
const BASE = "public.ecr.aws/lambda/nodejs:24";

export interface ImageOptions {
  folder: string;
  cpu: Cpu;
  natives: readonly NativePackage[];
}

/** One image serves the three functions: each overrides the command by its own handler. */
export function writeDockerfile({ folder, cpu, natives }: ImageOptions): void {
  const platform = `linux/${cpu === "arm64" ? "arm64" : "amd64"}`;
  const build = natives
    .filter((native) => native.built && !native.fits)
    .map(({ key }) => key.slice(0, key.lastIndexOf("@")));
  const lines = [
    `# docker build --platform ${platform} --provenance=false -t threadline .`,
    ...(build.length === 0 ? [] : buildStage(build)),
    `FROM ${BASE}`,
    build.length === 0 ? "COPY . ${LAMBDA_TASK_ROOT}/" : "COPY --from=build /artefact/ ${LAMBDA_TASK_ROOT}/",
    'CMD ["worker.handler"]',
  ];
  writeFileSync(path.join(folder, "Dockerfile"), `${lines.join("\n")}\n`);
  writeFileSync(path.join(folder, ".dockerignore"), "Dockerfile\n.dockerignore\n");
}

/** Where the compiler is; it stays out of the image. */
function buildStage(packages: readonly string[]): string[] {
  return [
    `FROM ${BASE} AS build`,
    "RUN dnf install -y gcc-c++ make python3 && dnf clean all",
    "WORKDIR /artefact",
    "COPY . .",
    `RUN cd project && npm rebuild --foreground-scripts ${[...new Set(packages)].join(" ")}`,
    "",
  ];
}
