/**
 * Keeps the order in which a child tells things while some of them take a moment: what announces a task's writes, or follows them, waits
 * until the writes are on their way to the store.
 */
export class Delivery {
  readonly #begun = new Set<Promise<unknown>>();
  #waiting: (() => void)[] = [];

  /** What comes from now on waits for this. */
  begin(work: Promise<unknown>): void {
    const ended = (): void => {
      this.#begun.delete(work);
      this.#pass();
    };
    this.#begun.add(work);
    work.then(ended, ended);
  }

  /** Does it now, or after all that waits. */
  next(task: () => void): void {
    this.#waiting.push(task);
    this.#pass();
  }

  /** Resolves after all that waits now. */
  idle(): Promise<void> {
    return new Promise((resolve) => this.next(resolve));
  }

  #pass(): void {
    while (this.#begun.size === 0) {
      const task = this.#waiting.shift();
      if (!task) return;
      task();
    }
  }
}
