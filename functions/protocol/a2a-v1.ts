/** Tasks and events as A2A 1.0 writes them, from those of 0.3: no `kind`, enums in capitals, events in a wrapper by their name. */
import type { Artifact, ArtifactUpdate, Message, Part, StatusUpdate, Task, TaskStatus } from "./a2a.ts";

const part = ({ metadata, ...content }: Part) => ({
  ...(content.kind === "text" ? { text: content.text } : { data: content.data }),
  ...(metadata && { metadata }),
});

const message = ({ kind: _kind, role, parts, ...rest }: Message) => ({
  ...rest,
  role: role === "user" ? "ROLE_USER" : "ROLE_AGENT",
  parts: parts.map(part),
});

const status = ({ state, message: said, timestamp }: TaskStatus) => ({
  state: `TASK_STATE_${state.toUpperCase().replaceAll("-", "_")}`,
  timestamp,
  ...(said && { message: message(said) }),
});

const artifact = ({ parts, ...rest }: Artifact) => ({ ...rest, parts: parts.map(part) });

export const taskV1 = ({ kind: _kind, ...task }: Task) => ({
  ...task,
  status: status(task.status),
  history: task.history.map(message),
  artifacts: task.artifacts.map(artifact),
});

export function eventV1(event: Task | StatusUpdate | ArtifactUpdate): object {
  if (event.kind === "task") return { task: taskV1(event) };
  if (event.kind === "status-update") {
    const { kind: _kind, final: _final, ...update } = event;
    return { statusUpdate: { ...update, status: status(update.status) } };
  }
  const { kind: _kind, ...update } = event;
  return { artifactUpdate: { ...update, artifact: artifact(update.artifact) } };
}
