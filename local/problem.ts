/**
 * What a person can mend: a wrong flag, a missing file, a taken port. `npm start` prints its message without a stack. Must not be thrown
 * for our own faults.
 */
export class Problem extends Error {
  override name = "Problem";
  /** 2 = asked wrongly, 1 = could not start. */
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}
