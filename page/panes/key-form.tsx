/** Asks for the server's key. It stays in this tab. */
import type { TargetedSubmitEvent } from "preact";
import { useState } from "preact/hooks";
import { isKeyText, key, useKey } from "../api/request.ts";

export function KeyForm() {
  const { text: before } = key.value;
  const [problem, setProblem] = useState("");
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const given = new FormData(event.currentTarget).get("key");
    if (typeof given === "string" && isKeyText(given.trim())) useKey(given.trim());
    else setProblem("No key has such characters: it is ASCII alone.");
  };
  return (
    <main class="key">
      <form onSubmit={submit}>
        <h1>Threadline</h1>
        <p role="status">
          {before ? "The server does not take this key, or not any more." : "This server wants a key."} It is kept in
          this tab alone.
        </p>
        <label>
          Key <input name="key" type="password" autocomplete="off" required aria-describedby="key-problem" />
        </label>
        <p id="key-problem" class="problem" role="alert">
          {problem}
        </p>
        <button class="main">Open</button>
      </form>
    </main>
  );
}
