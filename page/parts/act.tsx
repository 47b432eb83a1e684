/** A button that asks the server for something. Says what went wrong, and cannot be pressed twice. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { messageOf } from "../api/request.ts";
import { visible } from "../visible-text.ts";

export interface ActProps {
  do: () => Promise<unknown>;
  children: ComponentChildren;
  main?: boolean;
  disabled?: boolean;
}

export function Act({ do: act, children, main = false, disabled = false }: ActProps) {
  const [asking, setAsking] = useState(false);
  const [error, setError] = useState("");
  const press = async (): Promise<void> => {
    setAsking(true);
    setError("");
    await act()
      .catch((cause: unknown) => setError(messageOf(cause)))
      .finally(() => setAsking(false));
  };
  return (
    <>
      <button type="button" class={main ? "main" : ""} disabled={disabled || asking} onClick={() => void press()}>
        {children}
      </button>
      {error && (
        <span class="problem" role="alert">
          {visible(error)}
        </span>
      )}
    </>
  );
}
