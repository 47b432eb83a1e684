/** Places the nodes of a graph in layers, from its start down. */
import { Graph, layout } from "@dagrejs/dagre";
import type { Drawing } from "../api/runs.ts";
import { nameText } from "../visible-text.ts";

/** px */
const HEIGHT = 30;
const CHARACTER = 7.2;
const PADDING = 24;

export interface PlacedNode {
  id: string;
  /** As it is shown. */
  label: string;
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
  const labels = nodes.map(({ id }) => nameText(String(id).replaceAll(/^__|__$/g, "")));
  // By their numbers: a node may have any name, and dagre keeps names in plain objects.
  const numbers = new Map(nodes.map(({ id }, index) => [String(id), String(index)]));
  labels.forEach((label, index) =>
    graph.setNode(String(index), { width: label.length * CHARACTER + PADDING, height: HEIGHT }),
  );
  edges.forEach(({ source, target }, index) => {
    const [from, to] = [numbers.get(String(source)), numbers.get(String(target))];
    if (from !== undefined && to !== undefined) graph.setEdge(from, to, {}, String(index));
  });
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  return {
    width,
    height,
    nodes: nodes.map(({ id }, index) => {
      const { x = 0, y = 0, width: w = 0, height: h = 0 } = graph.node(String(index));
      return { id: String(id), label: labels[index] ?? "", x, y, width: w, height: h };
    }),
    edges: graph.edges().map((edge) => {
      const index = Number(edge.name);
      const { conditional = false } = edges[index] ?? {};
      const points = (graph.edge(edge).points ?? []) as Point[];
      return { key: `${index}`, path: pathOf(points), conditional };
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
