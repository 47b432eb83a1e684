/** One line that says how it stands between the page and the thread that it follows. */
import type { Connection } from "../api/follow-thread.ts";

export function ConnectionLine({ of }: { of: Connection }) {
  return (
    <span class={`connection ${of.kind}`} role="status">
      {textOf(of)}
    </span>
  );
}

function textOf(connection: Connection): string {
  switch (connection.kind) {
    case "connecting":
      return "connecting …";
    case "live":
      return "live";
    case "offline":
      return "offline: what was loaded stays, and the stream goes on where it was";
    case "busy":
      return `the server has no time (${connection.status}): it is asked again, and the stream goes on where it was`;
    case "gone":
      return "this thread does not exist any more";
    case "refused":
      return `not followed: ${connection.why}`;
    case "locked":
      return "";
  }
}
