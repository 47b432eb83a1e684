/**
 * Orders the interrupts of a task that called a subgraph by the subgraph's tasks. LangGraph returns them in the order in which they were
 * raised, which varies.
 */
import { type Graph, isObject, isSnapshot, type StateSnapshot, type TaskSnapshot } from "../langgraph.ts";

/** @returns a snapshot whose tasks have their interrupts in order. Those of subgraphs that LangGraph does not know stay as raised */
export async function withOrderedInterrupts(
  graph: Pick<Graph, "getState">,
  snapshot: StateSnapshot,
): Promise<StateSnapshot> {
  if (!snapshot.tasks.some(hasSeveral)) return snapshot;
  const configurable = snapshot.config.configurable ?? {};
  const isNested = snapshot.tasks.some(({ state }) => isSnapshot(state));
  const nested = isNested ? snapshot : await graph.getState({ configurable }, { subgraphs: true });
  // An id that occurs twice counts where it is first: in the subgraph.
  return ordered(
    snapshot,
    new Map(
      idsOf(nested)
        .map((id, rank): [string, number] => [id, rank])
        .toReversed(),
    ),
  );
}

const hasSeveral = ({ interrupts = [] }: TaskSnapshot): boolean => interrupts.length > 1;

/** Those of a subgraph's tasks come before those of the task itself, which repeat them. */
const idsOf = ({ tasks }: StateSnapshot): string[] =>
  tasks.flatMap(({ state, interrupts = [] }) => [
    ...(isSnapshot(state) ? idsOf(state) : []),
    ...interrupts.map((interrupt) => idOf(interrupt)),
  ]);

const idOf = (interrupt: unknown): string =>
  isObject(interrupt) && typeof interrupt["id"] === "string" ? interrupt["id"] : "";

function ordered(snapshot: StateSnapshot, ranks: ReadonlyMap<string, number>): StateSnapshot {
  const rankOf = (interrupt: unknown): number => ranks.get(idOf(interrupt)) ?? ranks.size;
  const tasks = snapshot.tasks.map((task) => ({
    ...task,
    ...(task.interrupts && { interrupts: task.interrupts.toSorted((one, other) => rankOf(one) - rankOf(other)) }),
    ...(isSnapshot(task.state) && { state: ordered(task.state, ranks) }),
  }));
  return { ...snapshot, tasks };
}
