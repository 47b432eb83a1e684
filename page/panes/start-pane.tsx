/** Starts a run: a form made of the graph's input schema, or raw JSON; on the open thread, or on a new one. */
import { useEffect, useState } from "preact/hooks";
import type { Assistant } from "../../functions/protocol/assistant.ts";
import type { Json, JsonObject } from "../../functions/protocol/json.ts";
import { address, goTo, linkTo } from "../address.ts";
import { messageOf } from "../api/request.ts";
import { createRun, type Drawing, getDrawing, getSchemas, searchAssistants } from "../api/runs.ts";
import { createThread } from "../api/threads.ts";
import { FieldInput } from "../form/field-input.tsx";
import { fieldsOf, inputOf } from "../form/fields-of.ts";
import { type RunSettings, SettingsForm, standardSettings } from "../form/settings-form.tsx";
import { thread } from "../open-thread.ts";
import { Act } from "../parts/act.tsx";

interface Shape {
  of: string;
  input: JsonObject | null;
  drawing: Drawing;
}

export function StartPane() {
  const [assistants, setAssistants] = useState<Assistant[]>();
  const [chosen, setChosen] = useState<string>();
  const [shape, setShape] = useState<Shape>();
  const [problem, setProblem] = useState("");
  const [given, setGiven] = useState<Record<string, string>>({});
  const [raw, setRaw] = useState<string>();
  const [settings, setSettings] = useState<RunSettings>(standardSettings);
  const open = address.value.thread;
  const graph = thread.value?.metadata["graph_id"];
  const failed = (error: unknown): void => setProblem(messageOf(error));
  useEffect(() => void searchAssistants().then(setAssistants, failed), []);
  const preferred = assistants?.find(({ graph_id }) => graph_id === graph) ?? assistants?.[0];
  const assistant = assistants?.find(({ assistant_id }) => assistant_id === chosen) ?? preferred;
  const id = assistant?.assistant_id;
  useEffect(() => {
    if (id === undefined) return;
    Promise.all([getSchemas(id), getDrawing(id, false)]).then(
      ([{ input_schema: input }, drawing]) => (setShape({ of: id, input, drawing }), setProblem("")),
      failed,
    );
  }, [id]);
  const known = shape?.of === id ? shape : undefined;
  const fields = known && fieldsOf(known.input);
  const asText = raw ?? (known && !fields ? "" : undefined);
  const inputNow = (): Json =>
    asText === undefined ? inputOf(fields ?? [], given) : (JSON.parse(asText || "null") as Json);
  const toRaw = (): void => setRaw(JSON.stringify(inputNow(), undefined, 2));

  const start = async (): Promise<void> => {
    if (!assistant) return;
    const input = inputNow();
    const thread_id = open ?? (await createThread(assistant.graph_id)).thread_id;
    const run = await createRun(thread_id, { assistant_id: assistant.assistant_id, input, ...settings });
    goTo({ thread: thread_id, run: run.run_id, pane: "stream", isNew: false });
  };
  return (
    <div class="start">
      <h1>
        New run{" "}
        {open === undefined ? (
          "on a new thread"
        ) : (
          <>
            on <code>{open.slice(-12)}</code>
          </>
        )}
      </h1>
      {open !== undefined && <a href={linkTo({ thread: undefined, run: undefined })}>on a new thread instead</a>}
      {problem && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <label>
        Assistant
        <select
          value={id}
          onChange={({ currentTarget }) => (setChosen(currentTarget.value), setGiven({}), setRaw(undefined))}
        >
          {assistants?.map(({ assistant_id, name, graph_id }) => (
            <option key={assistant_id} value={assistant_id}>
              {name === graph_id ? name : `${name} (${graph_id})`}
            </option>
          ))}
        </select>
      </label>
      <fieldset>
        <legend>Input</legend>
        {asText === undefined ? (
          <>
            {fields?.map((field) => (
              <FieldInput
                key={`${id} ${field.name}`}
                field={field}
                text={given[field.name] ?? field.initial}
                onText={(text) => setGiven({ ...given, [field.name]: text })}
              />
            ))}
            <Act do={async () => toRaw()}>As JSON</Act>
          </>
        ) : (
          <>
            <label>
              JSON
              <textarea
                rows={8}
                spellcheck={false}
                value={asText}
                onInput={({ currentTarget }) => setRaw(currentTarget.value)}
              />
            </label>
            {fields && (
              <button type="button" onClick={() => setRaw(undefined)}>
                As a form
              </button>
            )}
          </>
        )}
      </fieldset>
      <SettingsForm
        settings={settings}
        onChange={setSettings}
        nodes={known?.drawing.nodes.map((node) => String(node.id)) ?? []}
      />
      <div class="bar">
        <Act main disabled={!known} do={start}>
          Start
        </Act>
        <a class="button" href={linkTo({ isNew: false })}>
          Close
        </a>
      </div>
    </div>
  );
}
