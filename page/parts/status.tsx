/** The status of a run or thread: a word, and a shape that does not depend on colour. */
export function Status({ of }: { of: string }) {
  return (
    <span class={`status ${of}`}>
      <span class="dot" aria-hidden="true" />
      {of}
    </span>
  );
}
