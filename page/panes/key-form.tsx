/** Asks for the server's key. It stays in this tab. */
import type { TargetedSubmitEvent } from "preact";
import { key, locked, useKey } from "../api/request.ts";

export function KeyForm() {
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const given = new FormData(event.currentTarget).get("key");
    if (typeof given === "string" && given.trim() !== "") useKey(given.trim());
  };
  if (!locked.value) return null;
  return (
    <main class="key">
      <form onSubmit={submit}>
        <h1>Threadline</h1>
        <p>
          {key.value ? "The server does not take this key." : "This server wants a key."} It is kept in this tab alone.
        </p>
        <label>
          Key <input name="key" type="password" autocomplete="off" required />
        </label>
        <button class="main">Open</button>
      </form>
    </main>
  );
}
