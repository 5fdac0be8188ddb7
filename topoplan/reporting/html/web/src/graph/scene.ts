// What one picture shows: all services, groups with some of them opened, or the neighbourhood of a service.
import type { Data, Figures, Group } from "../data";
import type { Route } from "../route";
import { counted } from "../words";
import { type Graph, groupKey, type Link, neighbourhood, type Vertex } from "./model";
import { LAID_OUT_HERE, type Layout, layered, packed, type Placed, sizeOf, straight } from "./place";

/** A node of the picture: a service, or a group seen as one. */
export interface Shape {
  key: string;
  name: string;
  caption: string;
  vertex: Vertex | undefined;
  group: Group | undefined;
  x: number;
  y: number;
  w: number;
  h: number;
}

/** A line of the picture: a boundary, or all of one direction between two groups. */
export interface Line {
  key: string;
  tail: string;
  head: string;
  message: boolean;
  /** Those that the page holds. */
  links: Link[];
  /** Of all boundaries between two groups. */
  figures: Figures | undefined;
  points: number[];
}

/** The border around an opened group. */
export interface Frame {
  key: string;
  name: string;
  x: number;
  y: number;
  w: number;
  h: number;
}

export interface Scene {
  /** Names what is shown: another one is seen from its start. */
  key: string;
  mode: "all" | "groups" | "focus";
  width: number;
  height: number;
  shapes: Map<string, Shape>;
  lines: Line[];
  frames: Frame[];
  /** What the reader has to know of it. */
  note: string;
}

type Choice = Pick<Scene, "key" | "mode" | "note"> & { keyOf: (vertex: string) => string | undefined };

export const serviceKey = (id: string): string => `service ${id}`;
export const SEPARATOR = "\n";

/** Groups that the address opens. */
export const opened = (graph: Graph, route: Route): string[] => (route["open"] ?? "").split(SEPARATOR).filter((key) => graph.groups.has(key));

export function sceneOf(data: Data, graph: Graph, route: Route): Scene {
  const choice = chosen(graph, data.extras.layout, route);
  const shapes = new Map<string, Shape>();
  for (const vertex of graph.vertices.values()) {
    const key = choice.keyOf(vertex.id);
    if (key !== undefined && !shapes.has(key)) shapes.set(key, shapeOf(graph, key, vertex));
  }
  const lines = linesOf(data, graph, choice);
  const { width, height } = stand(data, graph, choice.mode, route, shapes, lines);
  return { ...choice, width, height, shapes, lines, frames: framesOf(graph, shapes, choice.mode === "groups" ? opened(graph, route) : []) };
}

export const showsAll = (layout: Layout, graph: Graph): boolean =>
  !layout.aggregated && (layout.whole !== null || fitsHere(graph.vertices.size, graph.links.length));

const fitsHere = (nodes: number, lines: number): boolean => nodes <= LAID_OUT_HERE.nodes && lines <= LAID_OUT_HERE.lines;

function chosen(graph: Graph, layout: Layout, route: Route): Choice {
  const services = counted(graph.vertices.size, "service");
  const centre = graph.vertices.get(route["focus"] ?? "");
  let note = "";
  if (centre) {
    for (let depth = Math.min(3, Math.max(1, Number(route["depth"]) || 1)); depth > 0; depth--) {
      const near = neighbourhood(graph, centre.id, depth);
      if (fitsHere(near.size, graph.links.filter(({ tail, head }) => near.has(tail) && near.has(head)).length)) {
        const key = `focus ${depth} ${centre.id}`;
        return { key, mode: "focus", note, keyOf: (id) => (near.has(id) ? serviceKey(id) : undefined) };
      }
      note = `There are too many services within ${depth} of ${centre.name} to show them all.`;
    }
  }
  const all = showsAll(layout, graph);
  const grouped = graph.groups.size > 1;
  if (all && (!grouped || (route["show"] ?? layout.opens) === "all")) {
    return { key: "all", mode: "all", note, keyOf: serviceKey };
  }
  if (!note && !all) note = `${services} are too many to show at once: they are shown as ${counted(graph.groups.size, "group")}. Open one, or focus on a service.`;
  else if (!note && layout.opens === "groups") note = `${services} are more than can be read at once, so they are shown as ${counted(graph.groups.size, "group")}.`;
  const open = new Set(opened(graph, route));
  const seen = (ids: Set<string>): number => [...graph.groups.values()].reduce((sum, it) => sum + (ids.has(groupKey(it)) ? it.members.length : 1), 0);
  for (const key of [...open]) {
    if (seen(open) <= LAID_OUT_HERE.nodes) break;
    open.delete(key);
    note = `${graph.groups.get(key)?.name} has too many services to open it here: focus on one of them.`;
  }
  const keyOf = (id: string): string | undefined => {
    const group = graph.groupOf.get(id);
    return group === undefined || open.has(group) ? (group === undefined ? undefined : serviceKey(id)) : `group ${group}`;
  };
  return { key: `groups ${route["by"] ?? ""} ${[...open].join(SEPARATOR)}`, mode: "groups", note, keyOf };
}

function shapeOf(graph: Graph, key: string, vertex: Vertex): Shape {
  const group = key.startsWith("group ") ? graph.groups.get(key.slice(6)) : undefined;
  const name = group ? group.name : vertex.name;
  const caption = group ? `${group.basis === "beside" || group.basis === "alone" ? "" : `${group.basis} · `}${counted(group.members.length, "service")}` : vertex.caption;
  return { key, name, caption, vertex: group ? undefined : vertex, group, x: 0, y: 0, ...sizeOf(name, group !== undefined) };
}

function linesOf(data: Data, graph: Graph, { keyOf, mode }: Choice): Line[] {
  const lines = new Map<string, Line>();
  if (mode === "groups") {
    const keys = data.extras.groups.map((group) => (group.members[0] === undefined ? undefined : keyOf(group.members[0])));
    for (const figures of data.extras.aggregate.edges) {
      const { consumer, provider, message } = figures;
      const [tail, head] = message ? [keys[provider], keys[consumer]] : [keys[consumer], keys[provider]];
      if (!tail?.startsWith("group ") || !head?.startsWith("group ")) continue;
      const key = bundleKey(tail, head);
      const line = lines.get(key);
      lines.set(key, { key, tail, head, message: message && line?.message !== false, links: [], figures: line?.figures ? both(line.figures, figures) : figures, points: [] });
    }
  }
  for (const link of graph.links) {
    const [tail, head] = [keyOf(link.tail), keyOf(link.head)];
    if (tail === undefined || head === undefined || tail === head) continue;
    const single = tail.startsWith("service ") && head.startsWith("service ");
    const key = single ? link.id : bundleKey(tail, head);
    const line = lines.get(key);
    if (line) {
      line.links.push(link);
      line.message &&= link.message;
    } else lines.set(key, { key, tail, head, message: link.message, links: [link], figures: undefined, points: [] });
  }
  return [...lines.values()];
}

const bundleKey = (tail: string, head: string): string => `${tail} → ${head}`;

/** Calls and messages of one direction as one. */
const both = (a: Figures, b: Figures): Figures => ({
  boundaries: a.boundaries + b.boundaries,
  gaps: a.gaps + b.gaps,
  state: (a.score ?? -1) >= (b.score ?? -1) ? a.state : b.state,
  score: a.score === null && b.score === null ? null : Math.max(a.score ?? 0, b.score ?? 0),
});

/** Gives everything its place, the computed one where there is one. */
function stand(data: Data, graph: Graph, mode: Scene["mode"], route: Route, shapes: Map<string, Shape>, lines: Line[]): { width: number; height: number } {
  const { whole, groups, pairs } = data.extras.layout;
  if (mode === "all" && whole) {
    const numbers = new Map(graph.links.map((link, number) => [link.id, number]));
    return put(whole, shapes, lines, (line) => numbers.get(line.key));
  }
  if (mode === "groups" && groups && [...shapes.values()].every((shape) => shape.group)) {
    const order = new Map([...graph.groups.keys()].map((key, number) => [`group ${key}`, number]));
    const sorted = new Map([...shapes].sort(([a], [b]) => (order.get(a) ?? 0) - (order.get(b) ?? 0)));
    const numbers = new Map(pairs.map(([tail, head], number) => [`${tail} ${head}`, number]));
    return put(groups, sorted, lines, ({ tail, head }) => numbers.get(`${order.get(tail)} ${order.get(head)}`));
  }
  if (mode === "groups" && opened(graph, route).length > 0) return standOpened(graph, opened(graph, route), shapes, lines);
  const order = new Map(lines.map((line, number) => [line.key, number]));
  return put(layered([...shapes.values()], arrowsOf([...shapes.keys()], lines), WIDER), shapes, lines, (line) => order.get(line.key));
}

const WIDER = 1.8;

function arrowsOf(keys: readonly string[], lines: readonly Line[]): [number, number][] {
  const numbers = new Map(keys.map((key, number) => [key, number]));
  return lines.map(({ tail, head }) => [numbers.get(tail) ?? 0, numbers.get(head) ?? 0]);
}

const INSET = 16;
const TITLE = 20;

/** Opened groups as boxes among the closed ones, and their services inside: a box is laid out for itself, so that it
 * looks the same whatever else is open. */
function standOpened(graph: Graph, open: readonly string[], shapes: Map<string, Shape>, lines: Line[]): { width: number; height: number } {
  const home = (key: string): string => {
    const group = graph.groupOf.get(shapes.get(key)?.vertex?.id ?? "");
    return group === undefined ? key : `group ${group}`;
  };
  const boxes = new Map<string, { members: Shape[]; placed: Placed; w: number; h: number }>();
  for (const group of open) {
    const members = (graph.groups.get(group)?.members ?? []).flatMap((id) => shapes.get(serviceKey(id)) ?? []);
    const keys = members.map(({ key }) => key);
    const inside = lines.filter(({ tail, head }) => keys.includes(tail) && keys.includes(head));
    const placed = packed(members, arrowsOf(keys, inside));
    inside.forEach((line, at) => (line.points = placed.lines[at] ?? []));
    if (members.length > 0) boxes.set(`group ${group}`, { members, placed, w: placed.width + 2 * INSET, h: placed.height + 2 * INSET + TITLE });
  }
  const closed = [...shapes.values()].filter(({ group }) => group);
  const keys = [...boxes.keys(), ...closed.map(({ key }) => key)];
  const between = new Map(lines.map((line) => ({ ...line, tail: home(line.tail), head: home(line.head) })).map((line) => [`${line.tail} → ${line.head}`, line]));
  const outer = [...between.values()].filter(({ tail, head }) => tail !== head);
  const whole = layered([...boxes.values(), ...closed], arrowsOf(keys, outer));
  const order = new Map(outer.map(({ tail, head }, number) => [`${tail} → ${head}`, number]));
  keys.forEach((key, at) => {
    const [x, y] = whole.nodes[at] ?? [0, 0];
    const box = boxes.get(key);
    const shape = shapes.get(key);
    if (shape) [shape.x, shape.y] = [x, y];
    const [left, top] = [x - (box?.placed.width ?? 0) / 2, y - (box?.placed.height ?? 0) / 2 + TITLE / 2];
    box?.members.forEach((member, number) => {
      const [mx, my] = box.placed.nodes[number] ?? [0, 0];
      [member.x, member.y] = [left + mx, top + my];
    });
    for (const line of lines) if (box && line.points.length && home(line.tail) === key && home(line.head) === key) line.points = line.points.map((value, axis) => value + (axis % 2 ? top : left));
  });
  for (const line of lines) {
    const [tail, head] = [shapes.get(line.tail), shapes.get(line.head)];
    if (line.points.length || !tail || !head) continue;
    const given = tail.group && head.group ? whole.lines[order.get(`${tail.key} → ${head.key}`) ?? -1] : undefined;
    line.points = given ?? straight(tail, head);
  }
  return whole;
}

function put(placed: Placed, shapes: Map<string, Shape>, lines: Line[], number: (line: Line) => number | undefined): { width: number; height: number } {
  [...shapes.values()].forEach((shape, at) => {
    [shape.x, shape.y, shape.w] = placed.nodes[at] ?? [0, 0, shape.w];
  });
  for (const line of lines) {
    const [tail, head] = [shapes.get(line.tail), shapes.get(line.head)];
    const points = placed.lines[number(line) ?? -1] ?? [];
    line.points = points.length || !tail || !head ? points : straight(tail, head);
  }
  return placed;
}

function framesOf(graph: Graph, shapes: Map<string, Shape>, open: string[]): Frame[] {
  return open.flatMap((key) => {
    const group = graph.groups.get(key);
    const members = (group?.members ?? []).flatMap((id) => shapes.get(serviceKey(id)) ?? []);
    if (!group || members.length === 0) return [];
    const left = Math.min(...members.map(({ x, w }) => x - w / 2)) - INSET;
    const top = Math.min(...members.map(({ y, h }) => y - h / 2)) - INSET - TITLE;
    const right = Math.max(...members.map(({ x, w }) => x + w / 2)) + INSET;
    const bottom = Math.max(...members.map(({ y, h }) => y + h / 2)) + INSET;
    return [{ key, name: group.name, x: left, y: top, w: right - left, h: bottom - top }];
  });
}
