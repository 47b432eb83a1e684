/** Asks for the server's key. It stays in this tab. */
import { key, locked, useKey } from "../api/request.ts";

export function KeyForm() {
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const field = (event.currentTarget as HTMLFormElement).elements.namedItem("key");
    if (field instanceof HTMLInputElement && field.value.trim()) useKey(field.value.trim());
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
