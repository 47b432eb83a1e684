/** Where the address leads to no thread. */
import { linkTo } from "../address.ts";
import { nameText } from "../visible-text.ts";

export function NoThread({ id, why }: { id: string; why: string }) {
  return (
    <div class="empty">
      <h1>No such thread</h1>
      <p>
        <code>{nameText(id)}</code>
      </p>
      <p>{why}</p>
      <p>
        <a href={linkTo({ thread: undefined, run: undefined, isNew: false })}>All threads</a> or{" "}
        <a href={linkTo({ thread: undefined, run: undefined, isNew: true })}>a new one</a>
      </p>
    </div>
  );
}
