/** Builds an artefact and prints what the construct needs of it, as JSON: a construct cannot wait, a process can be waited for. */
import { buildArtefact } from "../packaging/build-artefact.ts";
import { CPUS } from "../packaging/natives/target.ts";
import { ConfigError } from "../packaging/read-config.ts";

const [config = "", wanted, image] = process.argv.slice(2);
try {
  const cpu = CPUS.find((known) => known === wanted);
  const { folder, warnings } = await buildArtefact({ config, ...(cpu && { cpu }), image: image === "image" });
  process.stdout.write(JSON.stringify({ folder, warnings }));
} catch (error) {
  process.stderr.write(
    error instanceof ConfigError ? error.message : String(error instanceof Error ? error.stack : error),
  );
  process.exitCode = 1;
}
