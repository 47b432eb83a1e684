/** Places the nodes of a graph in layers, from its start down. */
import { Graph, layout } from "@dagrejs/dagre";
import type { Drawing } from "../api/runs.ts";

/** px */
const HEIGHT = 30;
const CHARACTER = 7.2;
const PADDING = 24;

export interface PlacedNode {
  id: string;
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface PlacedEdge {
  key: string;
  /** An SVG path. */
  path: string;
  conditional: boolean;
  label: string;
}

export interface PlacedGraph {
  width: number;
  height: number;
  nodes: PlacedNode[];
  edges: PlacedEdge[];
}

export function placeGraph({ nodes, edges }: Drawing): PlacedGraph {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: "TB", nodesep: 28, ranksep: 40, marginx: 12, marginy: 12 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id } of nodes) {
    const name = String(id);
    graph.setNode(name, { width: name.length * CHARACTER + PADDING, height: HEIGHT });
  }
  edges.forEach(({ source, target }, index) => graph.setEdge(String(source), String(target), {}, String(index)));
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  return {
    width,
    height,
    nodes: graph.nodes().map((id) => {
      const { x = 0, y = 0, width: w = 0, height: h = 0 } = graph.node(id);
      return { id, x, y, width: w, height: h };
    }),
    edges: graph.edges().map((edge) => {
      const index = Number(edge.name);
      const { conditional = false, data } = edges[index] ?? {};
      const points = (graph.edge(edge).points ?? []) as Point[];
      return { key: `${index}`, path: pathOf(points), conditional, label: typeof data === "string" ? data : "" };
    }),
  };
}

interface Point {
  x: number;
  y: number;
}

/** Through the middle of each pair of points, so that no corner shows. */
function pathOf([first, ...rest]: Point[]): string {
  if (!first) return "";
  const at = ({ x, y }: Point): string => `${x.toFixed(1)} ${y.toFixed(1)}`;
  const curves = rest.slice(0, -1).map((point, index) => {
    const next = rest[index + 1] ?? point;
    const middle = index === rest.length - 2 ? next : { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 };
    return `Q ${at(point)} ${at(middle)}`;
  });
  const last = rest.at(-1);
  return [`M ${at(first)}`, ...curves, ...(rest.length === 1 && last ? [`L ${at(last)}`] : [])].join(" ");
}
