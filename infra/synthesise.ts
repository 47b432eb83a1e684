/** Synthesises a CDK app completely or not at all. */
import { App } from "aws-cdk-lib";
import { ConfigError } from "../packaging/config/read-config.ts";
import { SynthError } from "./synth-error.ts";

/** Prints mistakes of the user without a stack and other errors with it. Exit code 1 for both. */
export function synthesise(define: (app: App) => void): void {
  try {
    // Synthesised by hand, so that after an error no incomplete output is written.
    const app = new App({ autoSynth: false });
    define(app);
    app.synth();
  } catch (error) {
    const known = error instanceof SynthError || error instanceof ConfigError;
    process.stderr.write(`${known ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 1;
  }
}
