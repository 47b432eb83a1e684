/** The graphs that the checks run: those of the example project, or the assistant that the user named. */
import { type Deployment, isObject, type RunRequest } from "./deployment.ts";

export interface Subject {
  run: RunRequest;
  /** ms between two events of the graph, and from its start to the first, where that is known. */
  pace?: number;
}

export interface Subjects {
  /** Short, two steps. */
  short: Subject;
  /** Streams tokens. */
  speaking: Subject;
  /** Emits a number of `custom` events at a known pace; a named assistant runs as it is. */
  paced(events: number): Subject;
  /** Has a subgraph. */
  nested: Subject;
  /** Has an interrupt; undefined for a named assistant. */
  asking: Subject | undefined;
  /** Whether the user named it: its modes and times are not known. */
  foreign: boolean;
}

/** ms: the pause between two steps of graphs/progress.ts. */
const PROGRESS_PACE = 300;
const EXAMPLE = ["agent", "subgraphs", "chat", "progress", "approval"];

export interface Named {
  assistant: string;
  input: unknown;
}

/** @returns a message for the user if the deployment does not have what is needed */
export async function chooseSubjects(deployment: Deployment, named: Named | undefined): Promise<Subjects | string> {
  const present = await graphsOf(deployment);
  if (named) return foreignSubjects(named);
  const missing = EXAMPLE.filter((graph) => !present.includes(graph));
  if (missing.length === 0) return exampleSubjects();
  return (
    `This deployment does not serve ${missing.join(", ")} of the example project` +
    `${present.length ? ` (it serves ${present.join(", ")})` : ""}: name an assistant with --assistant NAME --input JSON.`
  );
}

async function graphsOf(deployment: Deployment): Promise<string[]> {
  const { body } = await deployment.ask("POST", "/assistants/search", { limit: 1000 });
  const found = (Array.isArray(body) ? body : []).map((one: unknown) => (isObject(one) ? one["graph_id"] : undefined));
  return [...new Set(found.filter((graph) => typeof graph === "string"))];
}

function exampleSubjects(): Subjects {
  const question = { messages: [{ role: "user", content: "What is the weather in Paris?" }] };
  return {
    short: { run: { assistant_id: "agent", input: { topic: "ice cream" } } },
    speaking: { run: { assistant_id: "chat", input: question } },
    paced: (steps) => ({ run: { assistant_id: "progress", input: { steps } }, pace: PROGRESS_PACE }),
    nested: { run: { assistant_id: "subgraphs", input: { foo: "foo" } } },
    asking: { run: { assistant_id: "approval", input: { request: "a refund" } } },
    foreign: false,
  };
}

function foreignSubjects({ assistant, input }: Named): Subjects {
  const subject = { run: { assistant_id: assistant, input } };
  return { short: subject, speaking: subject, paced: () => subject, nested: subject, asking: undefined, foreign: true };
}
