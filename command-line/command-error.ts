/** A mistake that the user can fix: a wrong argument, a missing file, a port in use. A command prints its message without a stack. */
export class CommandError extends Error {
  override name = "CommandError";
  /** 2 = wrong arguments, 1 = anything else. */
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

export const wrongArgument = (message: string): CommandError => new CommandError(message, 2);

/** Prints why a command failed. @returns its exit code */
export function printFailure(error: unknown): 1 | 2 {
  const known = error instanceof CommandError;
  process.stderr.write(`${known ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  return known ? error.exitCode : 1;
}
