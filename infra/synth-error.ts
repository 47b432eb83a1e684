/** A mistake in the options of a deployment. Its message is shown without a stack. */
export class SynthError extends Error {
  override readonly name = "SynthError";
}
