/** Keeps a defect in one pane from taking the page away: says what happened, and leaves the other panes. */
import type { ComponentChildren } from "preact";
import { useErrorBoundary } from "preact/hooks";
import { messageOf } from "../api/request.ts";

export function Fence({ children }: { children: ComponentChildren }) {
  const [error, again] = useErrorBoundary();
  if (error === undefined) return <>{children}</>;
  return (
    <p class="problem" role="alert">
      This pane cannot be drawn ({messageOf(error)}). The others can.{" "}
      <button type="button" onClick={again}>
        Try again
      </button>
    </p>
  );
}
