/** Starts a run: on the open thread, or on a new one. */
import { useState } from "preact/hooks";
import type { Assistant } from "../../functions/protocol/assistant.ts";
import { address, goTo, linkTo } from "../address.ts";
import { createRun, getDrawing, getSchemas, searchAssistants } from "../api/runs.ts";
import { createThread } from "../api/threads.ts";
import { fieldsOf } from "../form/fields-of.ts";
import { draftFor, EMPTY_DRAFT, type InputDraft, inputIn } from "../form/input-draft.ts";
import { InputForm } from "../form/input-form.tsx";
import { type RunSettings, SettingsForm, standardSettings } from "../form/settings-form.tsx";
import { runs, thread } from "../open-thread.ts";
import { Act } from "../parts/act.tsx";
import { useAsked } from "../parts/use-asked.ts";
import { nameText } from "../visible-text.ts";

export function StartPane() {
  const { thread: open } = address.value;
  const [chosen, setChosen] = useState<string>();
  const [draft, setDraft] = useState<InputDraft>(EMPTY_DRAFT);
  const [settings, setSettings] = useState<RunSettings>(standardSettings);
  const { value: assistants = [], problem } = useAsked("assistants", 0, searchAssistants);
  const ofThread = assistants.find(({ graph_id }) => graph_id === thread.value?.metadata["graph_id"]);
  const assistant = assistants.find(({ assistant_id }) => assistant_id === chosen) ?? ofThread ?? assistants[0];
  const shape = useShape(assistant?.assistant_id);
  const fields = shape.value?.fields;
  const filled = shape.value ? draftFor(draft, fields) : draft;
  const earlier = runs.value.flatMap(({ kwargs: { input } }) => (input === undefined || input === null ? [] : [input]));

  const start = async (): Promise<void> => {
    if (!assistant) return;
    const input = inputIn(filled, fields ?? []);
    const thread_id = open ?? (await createThread(assistant.graph_id)).thread_id;
    const run = await createRun(thread_id, { assistant_id: assistant.assistant_id, input, ...settings });
    goTo({ thread: thread_id, run: run.run_id, pane: "stream", isNew: false });
  };
  return (
    <div class="start">
      <h1>New run {open === undefined ? "on a new thread" : <code>{open.slice(-12)}</code>}</h1>
      {open !== undefined && <a href={linkTo({ thread: undefined, run: undefined })}>on a new thread instead</a>}
      {(problem || shape.problem) && (
        <p class="problem" role="alert">
          {problem || shape.problem}
        </p>
      )}
      <AssistantChoice
        assistants={assistants}
        chosen={assistant?.assistant_id}
        onChoose={(id) => {
          setChosen(id);
          setDraft(EMPTY_DRAFT);
        }}
      />
      <InputForm
        key={assistant?.assistant_id}
        fields={fields}
        draft={filled}
        onChange={setDraft}
        earlier={open === undefined ? [] : earlier}
      />
      <SettingsForm settings={settings} onChange={setSettings} nodes={shape.value?.nodes ?? []} />
      <div class="bar">
        <Act main disabled={!shape.value} do={start}>
          Start
        </Act>
        <a class="button" href={linkTo({ isNew: false })}>
          Close
        </a>
      </div>
    </div>
  );
}

/** What the form is made of: fields of the input, and names of the nodes. */
const useShape = (assistant_id: string | undefined) =>
  useAsked(assistant_id, 0, async () => {
    const id = assistant_id ?? "";
    const [{ input_schema }, { nodes }] = await Promise.all([getSchemas(id), getDrawing(id, false)]);
    return { fields: fieldsOf(input_schema), nodes: nodes.map((node) => String(node.id)) };
  });

interface AssistantChoiceProps {
  assistants: readonly Assistant[];
  chosen: string | undefined;
  onChoose: (assistant_id: string) => void;
}

function AssistantChoice({ assistants, chosen, onChoose }: AssistantChoiceProps) {
  return (
    <label>
      Assistant
      <select value={chosen} onChange={({ currentTarget }) => onChoose(currentTarget.value)}>
        {assistants.map(({ assistant_id, name, graph_id }) => (
          <option key={assistant_id} value={assistant_id}>
            {name === graph_id ? nameText(name) : `${nameText(name)} (${nameText(graph_id)})`}
          </option>
        ))}
      </select>
    </label>
  );
}
