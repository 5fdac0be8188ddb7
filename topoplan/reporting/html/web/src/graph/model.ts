// The graph behind every picture of it: services and boundaries, with those that came or went since the base.
import type { Data, Group } from "../data";
import type { Boundary, Service } from "../schema";
import type { Route } from "../route";
import { bandOf } from "../words";

export type Change = "" | "new" | "gone";

export interface Vertex {
  id: string;
  name: string;
  kind: string;
  /** Technology, or the kind where it is not a service; empty for a plain service. */
  caption: string;
  owner: string;
  /** Infrastructure beside the system. */
  beside: boolean;
  change: Change;
  /** None where it is gone. */
  service: Service | undefined;
}

/** A boundary as an arrow: along the call, or along the messages. */
export interface Link {
  id: string;
  tail: string;
  head: string;
  message: boolean;
  style: string;
  /** Declared and never observed, in a report that read traces. */
  dashed: boolean;
  score: number | undefined;
  calls: number;
  change: Change;
  /** None where it is gone. */
  boundary: Boundary | undefined;
}

export interface Graph {
  vertices: Map<string, Vertex>;
  links: Link[];
  /** Vertex → links that touch it. */
  around: Map<string, Link[]>;
  /** Key of a group → the group. */
  groups: Map<string, Group>;
  /** Vertex → key of its group; the gone have none. */
  groupOf: Map<string, string>;
  measured: boolean;
  traced: boolean;
}

export const groupKey = (group: Group): string => `${group.basis}: ${group.name}`;

export function graphOf(data: Data): Graph {
  const { topology, changes } = data.report;
  const newServices = new Set(changes?.services_added);
  const newBoundaries = new Set(changes?.boundaries_added);
  const traced = topology.boundaries.some((it) => it.basis !== "declared");
  const vertices = new Map<string, Vertex>();
  for (const service of topology.services) {
    const { id, kind, technology, owner, infrastructure } = service;
    const name = service.name || id;
    const caption = technology && technology !== name ? technology : kind === "service" ? "" : kind;
    vertices.set(id, { id, name, kind, caption, owner, beside: infrastructure, change: newServices.has(id) ? "new" : "", service });
  }
  for (const { id, name, kind } of changes?.services_removed ?? []) {
    vertices.set(id, { id, name: name || id, kind, caption: kind === "service" ? "" : kind, owner: "", beside: false, change: "gone", service: undefined });
  }
  const links = topology.boundaries.map((boundary): Link => {
    const { id, style, basis } = boundary;
    return {
      id,
      ...ends(boundary),
      style,
      dashed: traced && basis === "declared",
      score: data.profiles.get(id)?.score,
      calls: boundary.stats?.calls ?? 0,
      change: newBoundaries.has(id) ? "new" : "",
      boundary,
    };
  });
  for (const gone of changes?.boundaries_removed ?? []) {
    links.push({ id: gone.id, ...ends(gone), style: gone.style, dashed: false, score: undefined, calls: 0, change: "gone", boundary: undefined });
  }
  const around = new Map<string, Link[]>([...vertices.keys()].map((id) => [id, []]));
  for (const link of links) {
    around.get(link.tail)?.push(link);
    if (link.head !== link.tail) around.get(link.head)?.push(link);
  }
  const groups = new Map(data.extras.groups.map((group) => [groupKey(group), group]));
  const groupOf = new Map([...groups].flatMap(([key, group]) => group.members.map((member) => [member, key])));
  return { vertices, links, around, groups, groupOf, measured: links.some((it) => it.calls > 0), traced };
}

function ends(boundary: { consumer: string; provider: string; style: string }): { tail: string; head: string; message: boolean } {
  const message = boundary.style === "message";
  const { consumer, provider } = boundary;
  return message ? { tail: provider, head: consumer, message } : { tail: consumer, head: provider, message };
}

/** How far a boundary is tested: the state of its gap with most open risk, and the letter of what is missing. */
export interface Look {
  /** Empty where no test is recommended. */
  state: string;
  technique: string;
  openRisk: number;
}

/** Of one technique, if one is named. */
export function lookOf(data: Data, link: Link, technique: string): Look {
  if (link.change === "gone") return { state: "gone", technique: "", openRisk: 0 };
  const gaps = data.gaps.get(link.id) ?? [];
  if (technique) {
    const gap = gaps.find((it) => it.technique === technique);
    const wanted = data.tests.get(link.id)?.some((it) => it.technique === technique);
    return { state: gap?.state ?? (wanted ? "covered" : ""), technique: gap?.technique ?? "", openRisk: gap?.open_risk ?? 0 };
  }
  const state = data.extras.looks[link.id] ?? "";
  const gap = gaps.find((it) => it.state === state);
  return { state, technique: gap?.technique ?? "", openRisk: gap?.open_risk ?? 0 };
}

export const FILTERS = ["technique", "style", "owner", "risk", "state"] as const;

export const isFiltered = (route: Route): boolean => FILTERS.some((key) => route[key]);

/** Whether a line is meant by the filters of the address. */
export function meant(data: Data, graph: Graph, link: Link, route: Route): boolean {
  const { technique = "", style = "", owner = "", risk = "", state = "" } = route;
  return (
    (!technique || Boolean(data.tests.get(link.id)?.some((it) => it.technique === technique))) &&
    (!style || link.style === style) &&
    (!owner || isOwned(graph, link.tail, owner) || isOwned(graph, link.head, owner)) &&
    (!risk || (link.score === undefined ? "not scored" : bandOf(data, link.score)) === risk) &&
    (!state || (lookOf(data, link, technique).state || "none") === state)
  );
}

export const isOwned = (graph: Graph, vertex: string, owner: string): boolean => ownersOf(graph, vertex).includes(owner);

/** The owner of a service; without one, the group it goes with. */
export function ownersOf(graph: Graph, vertex: string): string[] {
  const own = graph.vertices.get(vertex)?.owner;
  const group = graph.groups.get(graph.groupOf.get(vertex) ?? "");
  return own ? [own] : group ? [group.name] : [];
}

/** Services that a name, alias or id is found in, the best match first. */
export function search(graph: Graph, text: string): Vertex[] {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return [];
  const rank = ({ id, name, service }: Vertex): number => {
    const words = [name, id, ...(service?.aliases ?? [])].map((word) => word.toLowerCase());
    return words.includes(wanted) ? 0 : words.some((word) => word.startsWith(wanted)) ? 1 : words.some((word) => word.includes(wanted)) ? 2 : 3;
  };
  return [...graph.vertices.values()]
    .map((vertex) => [rank(vertex), vertex] as const)
    .filter(([found]) => found < 3)
    .sort(([a, x], [b, y]) => a - b || x.name.localeCompare(y.name, "en"))
    .map(([, vertex]) => vertex);
}

/** Services at most `depth` boundaries away, in either direction. */
export function neighbourhood(graph: Graph, centre: string, depth: number): Set<string> {
  const found = new Set([centre]);
  let edge = [centre];
  for (let step = 0; step < depth; step++) {
    edge = edge.flatMap((id) => (graph.around.get(id) ?? []).flatMap(({ tail, head }) => [tail, head])).filter((id) => !found.has(id) && found.add(id));
  }
  return found;
}
