// Where shapes and lines stand: as `layout.py` computed it, or laid out here by dagre.
import dagre from "@dagrejs/dagre";

/** A laid-out graph in pixels; `lines` are points of Bézier curves. */
export interface Placed {
  width: number;
  height: number;
  /** Centre and width. */
  nodes: [x: number, y: number, w: number][];
  lines: number[][];
}

/** `topoplan/reporting/html/layout.py` writes it; null where nobody laid it out. */
export interface Layout {
  opens: "all" | "groups";
  /** There are too many services and boundaries to ever show all at once. */
  aggregated: boolean;
  whole: Placed | null;
  /** The groups, and the lines between those of `pairs`. */
  groups: Placed | null;
  /** From and to which group, by number. */
  pairs: [number, number][];
}

export interface Size {
  w: number;
  h: number;
}

/** What dagre lays out in well under a second. */
export const LAID_OUT_HERE = { nodes: 250, lines: 900 };

const LONGEST = 28;

const cells = (text: string): number => [...text].reduce((sum, letter) => sum + (WIDE.test(letter) ? 2 : 1), 0);
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** Of a node with this name. */
export function sizeOf(name: string, group: boolean): Size {
  const [letter, least, h] = group ? [12.5, 220, 72] : [7.2, 84, 40];
  return { w: Math.max(least, Math.round(Math.min(cells(name), LONGEST) * letter) + 30), h };
}

/** As much of a text as a node holds. */
export function cut(name: string, most = LONGEST): string {
  if (cells(name) <= most) return name;
  let kept = "";
  for (const letter of name) {
    if (cells(kept + letter) >= most) break;
    kept += letter;
  }
  return `${kept}…`;
}

/** A layered layout, left to right. `least` is how much wider than high it is: a tall one has its layers spread. */
export function layered(sizes: readonly Size[], arrows: readonly [number, number][], least = 0): Placed {
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: "LR", nodesep: 14, ranksep: 70, ranker: "tight-tree" });
  sizes.forEach(({ w, h }, at) => graph.setNode(`${at}`, { width: w, height: h }));
  arrows.forEach(([tail, head], at) => graph.setEdge(`${tail}`, `${head}`, {}, `${at}`));
  dagre.layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  const spread = Math.min(MOST_SPREAD, Math.max(1, (least * height) / Math.max(width, 1)));
  const centre = (at: number): number => graph.node(`${at}`).x ?? 0;
  const nodes = sizes.map(({ w }, at): [number, number, number] => [centre(at) * spread, graph.node(`${at}`).y ?? 0, w]);
  const lines = arrows.map(([tail, head], at) => {
    const corners: readonly Corner[] = graph.edge(`${tail}`, `${head}`, `${at}`)?.points ?? [];
    // The ends stay on the borders of their nodes.
    const kept = new Map([
      [0, centre(tail)],
      [corners.length - 1, centre(head)],
    ]);
    return swung(corners.map(({ x, y }, corner) => ({ x: x + (kept.get(corner) ?? x) * (spread - 1), y })));
  });
  return { width: width * spread, height, nodes, lines };
}

const MOST_SPREAD = 4;

interface Corner {
  x: number;
  y: number;
}

/** A layered layout in which nodes without an arrow stand in rows below the others. */
export function packed(sizes: readonly Size[], arrows: readonly [number, number][]): Placed {
  const tied = [...new Set(arrows.flat())].sort((a, b) => a - b);
  const number = new Map(tied.map((node, at) => [node, at]));
  const placed = layered(tied.map((node) => sizes[node] ?? NOTHING), arrows.map(([tail, head]) => [number.get(tail) ?? 0, number.get(head) ?? 0]));
  const nodes = sizes.map(({ w }, node): [number, number, number] => placed.nodes[number.get(node) ?? -1] ?? [0, 0, w]);
  const alone = sizes.flatMap((size, node) => (number.has(node) ? [] : [{ ...size, node }]));
  const widest = Math.max(0, ...alone.map(({ w }) => w)) + GAP;
  const columns = Math.max(1, Math.floor(placed.width / widest), Math.ceil(Math.sqrt(alone.length / 2)));
  const top = tied.length ? placed.height + GAP : 0;
  alone.forEach(({ node, w, h }, at) => {
    nodes[node] = [(at % columns) * widest + (widest - GAP) / 2, top + Math.floor(at / columns) * (h + GAP) + h / 2, w];
  });
  const rows = Math.ceil(alone.length / columns);
  return {
    width: Math.max(tied.length ? placed.width : 0, Math.min(alone.length, columns) * widest - GAP),
    height: alone.length ? top + rows * ((alone[0]?.h ?? 0) + GAP) - GAP : placed.height,
    nodes,
    lines: placed.lines,
  };
}

const GAP = 14;
const NOTHING: Size = { w: 0, h: 0 };

/** Corner points as curves that leave and meet every corner level. */
function swung(corners: readonly Corner[]): number[] {
  const points: number[] = [];
  corners.forEach(({ x, y }, at) => {
    const before = corners[at - 1];
    if (before) points.push((before.x + x) / 2, before.y, (before.x + x) / 2, y);
    points.push(x, y);
  });
  return points;
}

interface Box extends Size {
  x: number;
  y: number;
}

/** A straight line from border to border. */
export function straight(from: Box, to: Box): number[] {
  const [x0, y0] = border(from, to);
  const [x1, y1] = border(to, from);
  return [x0, y0, x0 + (x1 - x0) / 3, y0 + (y1 - y0) / 3, x1 - (x1 - x0) / 3, y1 - (y1 - y0) / 3, x1, y1];
}

function border(from: Box, to: Box): [number, number] {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const share = Math.min(dx ? from.w / 2 / Math.abs(dx) : 1, dy ? from.h / 2 / Math.abs(dy) : 1, 0.5);
  return [from.x + dx * share, from.y + dy * share];
}

const ARROW = 9;

/** A path through the points that ends where its arrow head starts. */
export function path(points: readonly number[]): string {
  const short = [...points];
  const [cx = 0, cy = 0, x = 0, y = 0] = short.slice(-4);
  const length = Math.hypot(x - cx, y - cy);
  if (length > 0) {
    short[short.length - 2] = x - ((x - cx) / length) * ARROW;
    short[short.length - 1] = y - ((y - cy) / length) * ARROW;
  }
  const [x0 = 0, y0 = 0, ...rest] = short.map((value) => Math.round(value * 10) / 10);
  return `M${x0} ${y0}C${rest.join(" ")}`;
}

/** The point that a share of the way has been gone at. */
export function stop(points: readonly number[], share: number): [number, number] {
  const along = ((points.length - 2) / 6) * share;
  const [at, t] = [6 * Math.floor(along), along % 1];
  const weights = [(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t ** 3];
  const on = (axis: number): number => weights.reduce((sum, weight, step) => sum + weight * (points[at + 2 * step + axis] ?? 0), 0);
  return [on(0), on(1)];
}
