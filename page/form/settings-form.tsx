/** How a run is to be done: what it streams, where it stops, what it does to a run that is there. */
import type { NewRun } from "../api/runs.ts";
import { STREAM_MODES } from "../run-again.ts";
import { nameText } from "../visible-text.ts";

export type RunSettings = Pick<
  NewRun,
  "stream_mode" | "stream_subgraphs" | "interrupt_before" | "interrupt_after" | "multitask_strategy"
>;

export const standardSettings = (): RunSettings => ({ stream_mode: STREAM_MODES, multitask_strategy: "enqueue" });

const MODES = ["values", "updates", "messages-tuple", "custom", "tasks", "checkpoints", "events", "debug"] as const;
const STRATEGIES = ["enqueue", "reject", "interrupt", "rollback"] as const;

export interface SettingsFormProps {
  settings: RunSettings;
  onChange: (settings: RunSettings) => void;
  /** Names of the graph's nodes. */
  nodes: string[];
}

export function SettingsForm({ settings, onChange, nodes }: SettingsFormProps) {
  const { stream_mode, interrupt_before = [], interrupt_after = [], stream_subgraphs = false } = settings;
  const breakable = nodes.filter((node) => !node.startsWith("__"));
  return (
    <details class="settings">
      <summary>Streaming, breakpoints, other runs</summary>
      <Choices
        legend="Streams"
        all={MODES}
        chosen={stream_mode}
        onChange={(modes) => modes.length > 0 && onChange({ ...settings, stream_mode: modes })}
      />
      <label class="check">
        <input
          type="checkbox"
          checked={stream_subgraphs}
          onChange={({ currentTarget }) => onChange({ ...settings, stream_subgraphs: currentTarget.checked })}
        />
        events of subgraphs, too
      </label>
      <Choices
        legend="Stops before"
        all={breakable}
        chosen={interrupt_before}
        onChange={(names) => onChange({ ...settings, interrupt_before: names })}
      />
      <Choices
        legend="Stops after"
        all={breakable}
        chosen={interrupt_after}
        onChange={(names) => onChange({ ...settings, interrupt_after: names })}
      />
      <label>
        If the thread has a run already
        <select
          value={settings.multitask_strategy}
          onChange={({ currentTarget }) => {
            const chosen = STRATEGIES.find((one) => one === currentTarget.value);
            if (chosen) onChange({ ...settings, multitask_strategy: chosen });
          }}
        >
          {STRATEGIES.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </label>
    </details>
  );
}

interface ChoicesProps<T extends string> {
  legend: string;
  all: readonly T[];
  chosen: readonly T[];
  onChange: (chosen: T[]) => void;
}

function Choices<T extends string>({ legend, all, chosen, onChange }: ChoicesProps<T>) {
  return (
    <fieldset class="choices">
      <legend>{legend}</legend>
      {all.map((one) => (
        <label key={one} class="check">
          <input
            type="checkbox"
            checked={chosen.includes(one)}
            onChange={({ currentTarget }) =>
              onChange(all.filter((other) => (other === one ? currentTarget.checked : chosen.includes(other))))
            }
          />
          {nameText(one)}
        </label>
      ))}
    </fieldset>
  );
}
