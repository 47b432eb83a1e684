/** The graph of the run, drawn, with the nodes that are at work. */
import { useMemo, useState } from "preact/hooks";
import { getDrawing } from "../api/runs.ts";
import { activeNodes } from "../graph/active-nodes.ts";
import { placeGraph } from "../graph/layout.ts";
import { log, logVersion, selectedRun, state, thread } from "../open-thread.ts";
import { useAsked } from "../parts/use-asked.ts";
import { nameText } from "../visible-text.ts";

export function GraphPane() {
  void logVersion.value;
  const [xray, setXray] = useState(false);
  const run = selectedRun.value;
  const assistant = run?.assistant_id;
  const { value: drawing, problem } = useAsked(assistant && `${assistant} ${xray}`, 0, () =>
    getDrawing(assistant ?? "", xray),
  );
  const placed = useMemo(() => drawing && placeGraph(drawing), [drawing]);
  if (problem) return <p class="problem">{problem}</p>;
  if (!placed) return <p class="faint">{run ? "Loading …" : "This thread has no run yet."}</p>;
  const { width, height, nodes, edges } = placed;
  const { kind, nodes: active } = activeNodes(thread.value, state.value, log.value.runs.get(run?.run_id ?? ""));
  /** `subgraph:node` with x-ray. */
  const isActive = (id: string): boolean => active.has(id) || active.has(id.split(":", 1)[0] ?? id);
  const said =
    kind === "none"
      ? "No node is at work."
      : `${kind === "runs" ? "At work" : "Waits"}: ${[...active].map(nameText).join(", ")}`;
  return (
    <div class="graph">
      <div class="bar">
        <span role="status">{said}</span>
        <label class="check">
          <input type="checkbox" checked={xray} onChange={({ currentTarget }) => setXray(currentTarget.checked)} />
          Subgraphs
        </label>
      </div>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        width={width}
        height={height}
        role="img"
        aria-label={`The graph: ${nodes.map(({ label }) => label).join(", ")}`}
      >
        <defs>
          <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
            <path d="M 0 0 L 8 4 L 0 8 z" />
          </marker>
        </defs>
        {edges.map(({ key, path, conditional }) => (
          <path key={key} d={path} class={conditional ? "edge conditional" : "edge"} marker-end="url(#arrow)" />
        ))}
        {nodes.map(({ id, label, x, y, width: w, height: h }) => (
          <g key={id} class={`node ${isActive(id) ? kind : ""} ${id.startsWith("__") ? "terminal" : ""}`}>
            <rect x={x - w / 2} y={y - h / 2} width={w} height={h} rx={id.startsWith("__") ? h / 2 : 5} />
            <text x={x} y={y} dominant-baseline="central" text-anchor="middle">
              {label}
            </text>
          </g>
        ))}
      </svg>
    </div>
  );
}
