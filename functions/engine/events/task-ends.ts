/**
 * Holds events of `streamEvents` that show the end of a task. LangGraph sends them just before it stores the task's writes; they are sent
 * on after that.
 */

/** A task by its graph's namespace. */
export interface TaskRef {
  ns: string;
  task_id: string;
}

interface Held extends TaskRef {
  send: () => void;
}

export class TaskEnds {
  #held: Held[] = [];
  #begun: TaskRef[] = [];

  /** Sends it once the task's writes have begun to be stored. */
  hold({ ns, task_id }: TaskRef, send: () => void): void {
    if (this.#begun.some((task) => task.task_id === task_id)) send();
    else this.#held.push({ ns, task_id, send });
  }

  /** Writes of this task are on their way. */
  storing(task: TaskRef): void {
    this.#begun.push(task);
    this.#sendDue((held) => held.task_id === task.task_id);
  }

  /** The superstep of this graph is over, or (without a namespace) the run. Nothing more is stored for its tasks. */
  over(ns?: string): void {
    this.#begun = this.#begun.filter((task) => ns !== undefined && task.ns !== ns);
    this.#sendDue((held) => ns === undefined || held.ns === ns);
  }

  #sendDue(isDue: (held: Held) => boolean): void {
    const due = this.#held.filter(isDue);
    this.#held = this.#held.filter((held) => !due.includes(held));
    for (const { send } of due) send();
  }
}
