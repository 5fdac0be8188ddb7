// The system as a picture that can be moved, searched, filtered, collapsed and opened.
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { Data } from "../data";
import { useCamera } from "../graph/camera";
import { Canvas, captionOf, focusOn } from "../graph/canvas";
import { Legend } from "../graph/legend";
import { FILTERS, type Graph as Model, graphOf, isFiltered, isOwned, meant, search, type Vertex } from "../graph/model";
import { Panel } from "../graph/panel";
import { said } from "../graph/saying";
import { opened, type Scene, SEPARATOR, sceneOf, serviceKey } from "../graph/scene";
import { Tools, Zoom } from "../graph/tools";
import { Empty, Section } from "../parts/section";
import { change, type Route, viewOf, WHOLE } from "../route";
import { counted } from "../words";
import type { ViewProps } from "../view";

export function Graph({ data: whole, route }: ViewProps) {
  const data = useMemo(() => groupedBy(whole, route["by"] ?? ""), [whole, route["by"]]);
  const graph = useMemo(() => graphOf(data), [data]);
  if (graph.vertices.size === 0) {
    return (
      <Section title="Graph">
        <Empty>No services were found.</Empty>
      </Section>
    );
  }
  return viewOf(route) === WHOLE ? <Still data={data} graph={graph} route={route} /> : <Moving data={data} graph={graph} route={route} />;
}

/** The data with its services grouped by what was asked for. */
function groupedBy(data: Data, by: string): Data {
  const found = by === "domain" && data.extras.byDomain;
  return found ? { ...data, extras: { ...data.extras, ...found, layout: { ...data.extras.layout, ...found.layout } } } : data;
}

interface Props {
  data: Data;
  graph: Model;
  route: Route;
}

function useScene(data: Data, graph: Model, route: Route): Scene {
  return useMemo(() => sceneOf(data, graph, route), [data, graph, ...["show", "open", "focus", "depth"].map((key) => route[key])]);
}

/** The picture as it stands on paper. */
function Still({ data, graph, route }: Props) {
  const scene = useScene(data, graph, route);
  const svg = useRef<SVGSVGElement>(null);
  const lines = useMemo(() => said(data, scene, "", "risk"), [data, scene]);
  const nothing = () => undefined;
  return (
    <Section title="Graph" beside={about(data)}>
      {scene.note && <p class="graph-note">{scene.note}</p>}
      <div class="graph">
        <Canvas scene={scene} svg={svg} camera={undefined} said={lines} names={namesOf(graph, scene)} meant={undefined} hits={NONE} chosen="" onChoose={nothing} onOpen={nothing} />
      </div>
      <Legend data={data} scene={scene} said={lines} width="risk" />
    </Section>
  );
}

const NONE: ReadonlySet<string> = new Set();

function Moving({ data, graph, route }: Props) {
  const scene = useScene(data, graph, route);
  const svg = useRef<SVGSVGElement>(null);
  const camera = useCamera(svg, scene, route["at"] ?? "");
  const technique = route["technique"] ?? "";
  const width = (graph.measured && route["width"]) || "risk";
  const lines = useMemo(() => said(data, scene, technique, width), [data, scene, technique, width]);
  const names = useMemo(() => namesOf(graph, scene), [graph, scene]);
  const left = useMemo(() => leftAlone(data, graph, scene, route), [scene, ...FILTERS.map((key) => route[key])]);
  const found = useMemo(() => search(graph, route["q"] ?? ""), [graph, route["q"]]);
  const hits = useMemo(() => new Set(found.map(({ id }) => keyIn(graph, scene, id))), [found, scene]);
  const chosen = route["pick"] ?? "";

  // A service that was jumped to is shown and gets the keyboard as soon as it is there.
  const jumping = useRef("");
  useEffect(() => {
    const shape = scene.shapes.get(jumping.current);
    jumping.current = "";
    if (!shape) return;
    camera.show(shape.x, shape.y);
    focusOn(svg.current, shape.key);
  });
  const jump = ({ id }: Vertex): void => {
    const group = graph.groupOf.get(id);
    const there = scene.shapes.has(serviceKey(id));
    jumping.current = serviceKey(id);
    if (there || group === undefined) change({ pick: serviceKey(id) });
    else if (scene.mode === "focus") change({ pick: serviceKey(id), focus: id, depth: "1", at: "" });
    else change({ pick: serviceKey(id), open: [...opened(graph, route), group].join(SEPARATOR), at: "" });
  };
  const open = (key: string): void => {
    const shape = scene.shapes.get(key);
    const group = graph.groups.get(key.replace(/^group /, ""));
    if (shape?.vertex) change({ focus: shape.vertex.id, depth: route["depth"] || "1", pick: key, at: "" });
    else if (group) change({ open: toggled(opened(graph, route), key.slice(6)).join(SEPARATOR), pick: key, at: "" });
  };
  const shown = left ? scene.lines.filter((line) => left.has(line.key)).length : scene.lines.length;
  return (
    <Section title="Graph" beside={left ? `${shown} of ${counted(scene.lines.length, "line")} meet the filter` : about(data)}>
      <Tools data={data} graph={graph} scene={scene} route={route} found={found} onJump={jump} />
      {scene.note && (
        <p class="graph-note" role="status">
          {scene.note}
        </p>
      )}
      <div class="graph" onKeyDown={(event) => event.key === "Escape" && chosen && change({ pick: "" })}>
        <Canvas
          scene={scene}
          svg={svg}
          camera={camera}
          said={lines}
          names={names}
          meant={left}
          hits={hits}
          chosen={chosen}
          onChoose={(key) => change({ pick: key })}
          onOpen={open}
        />
        <Zoom camera={camera} />
        <Panel data={data} graph={graph} scene={scene} route={route} chosen={chosen} />
      </div>
      <Legend data={data} scene={scene} said={lines} width={width} />
      <p class="faint graph-hint">
        Drag or arrow keys move, wheel or + and − zoom, 0 shows everything. Tab goes to a service and arrow keys from there to the next; Enter or a click tells more, Space or a
        double click opens a group or shows the neighbours of a service.
      </p>
    </Section>
  );
}

function about(data: Data): string {
  const { nodes, edges } = data.extras.aggregate;
  const boundaries = [...nodes, ...edges].reduce((sum, figures) => sum + figures.boundaries, 0);
  return `${counted(data.services.size, "node")}, ${counted(boundaries, "boundary", "boundaries")}`;
}

const toggled = (keys: readonly string[], key: string): string[] => (keys.includes(key) ? keys.filter((it) => it !== key) : [...keys, key]);

/** The shape that a service is seen as. */
const keyIn = (graph: Model, scene: Scene, id: string): string => (scene.shapes.has(serviceKey(id)) ? serviceKey(id) : `group ${graph.groupOf.get(id)}`);

/** Lines that meet the filters, and the shapes at their ends; undefined where nothing is filtered. */
function leftAlone(data: Data, graph: Model, scene: Scene, route: Route): Set<string> | undefined {
  if (!isFiltered(route)) return undefined;
  const owner = route["owner"] ?? "";
  const found = new Set<string>();
  for (const line of scene.lines) {
    if (line.links.some((link) => meant(data, graph, link, route))) [line.key, line.tail, line.head].forEach((key) => found.add(key));
  }
  const others = FILTERS.some((key) => key !== "owner" && route[key]);
  for (const shape of scene.shapes.values()) {
    const members = shape.group?.members ?? [shape.vertex?.id ?? ""];
    if (owner && !others && members.some((id) => isOwned(graph, id, owner))) found.add(shape.key);
  }
  return found;
}

/** What a screen reader says of each shape. */
function namesOf(graph: Model, scene: Scene): Map<string, string> {
  return new Map(
    [...scene.shapes.values()].map((shape) => {
      const { key, name, caption, group, vertex } = shape;
      const links = graph.around.get(vertex?.id ?? "")?.length ?? 0;
      const seen = [name, captionOf(shape)].filter(Boolean).join(" ");
      const kind = group ? "group" : vertex?.kind !== caption && vertex?.kind;
      return [key, [seen, kind, !group && counted(links, "boundary", "boundaries")].filter(Boolean).join(", ")];
    }),
  );
}
