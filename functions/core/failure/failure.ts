/** The two errors that ports throw. Their class says whether to repeat the call (design 4). */

/** `message` may be shown to clients. `String(error)` is for logs: it adds the text of the service, where the message leaves that out. */
class PortFailure extends Error {
  override toString(): string {
    const { cause } = this;
    const detail = cause instanceof Error && !this.message.includes(cause.message) ? ` (${cause.message})` : "";
    return `${this.name}: ${this.message}${detail}`;
  }
}

/** The call may have been carried out, or cannot be carried out now. Repeat it with the same bytes. */
export class Unclear extends PortFailure {
  override name = "Unclear";
}

/** The call was not carried out and never will be: too large, not allowed, not understood. Do not repeat it. */
export class Impossible extends PortFailure {
  override name = "Impossible";
}
