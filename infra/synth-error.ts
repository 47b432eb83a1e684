/** Something that whoever deploys has asked for wrongly: its message says all, its stack nothing. */
export class SynthError extends Error {
  override readonly name = "SynthError";
}
