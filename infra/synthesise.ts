/** Synthesises a CDK app completely or not at all. */
import { App } from "aws-cdk-lib";
import { ConfigError } from "../packaging/config/read-config.ts";
import { SynthError } from "./synth-error.ts";

/** What a user can mend is printed as it is, anything else with its stack; exit code 1 for both. */
export function synthesise(define: (app: App) => void): void {
  try {
    // Not by itself at the end: after an error nothing half-made must be written.
    const app = new App({ autoSynth: false });
    define(app);
    app.synth();
  } catch (error) {
    const known = error instanceof SynthError || error instanceof ConfigError;
    process.stderr.write(`${known ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 1;
  }
}
