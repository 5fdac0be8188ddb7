// What stands above the picture: search, filters, what is shown, zoom.
import { useMemo } from "preact/hooks";
import type { Data } from "../data";
import { change, type Route } from "../route";
import type { Camera } from "./camera";
import { type Graph, lookOf, ownersOf, type Vertex } from "./model";
import { type Scene, showsAll } from "./scene";

interface Props {
  data: Data;
  graph: Graph;
  scene: Scene;
  route: Route;
  found: readonly Vertex[];
  onJump: (vertex: Vertex) => void;
}

export function Tools({ data, graph, scene, route, found, onJump }: Props) {
  const choices = useMemo(() => choicesOf(data, graph), [data, graph]);
  const wanted = route["q"] ?? "";
  return (
    <div class="tools graph-tools" role="search" aria-label="Search and filter the graph">
      <label for="graph-search" class="off-screen">
        Find a service
      </label>
      <input
        id="graph-search"
        class="filter"
        type="search"
        placeholder="Find a service"
        value={wanted}
        list="graph-found"
        onInput={(event) => change({ q: event.currentTarget.value }, "replace")}
        onKeyDown={(event) => {
          if (event.key === "Enter" && found[0]) onJump(found[0]);
        }}
      />
      <datalist id="graph-found">
        {found.slice(0, 20).map(({ id, name }) => (
          <option key={id} value={name} />
        ))}
      </datalist>
      <button type="button" disabled={found.length === 0} onClick={() => found[0] && onJump(found[0])}>
        Go
      </button>
      {wanted && (
        <span class="count" role="status">
          {found.length === 1 ? "1 service" : `${found.length} services`}
        </span>
      )}
      {choices.map(({ key, title, values }) =>
        values.length > 1 || route[key] ? (
          <label key={key} class="choice">
            {title}{" "}
            <select value={route[key] ?? ""} onChange={(event) => change({ [key]: event.currentTarget.value }, "replace")}>
              <option value="">all</option>
              {values.map(([value, text]) => (
                <option key={value} value={value}>
                  {text}
                </option>
              ))}
            </select>
          </label>
        ) : null,
      )}
      <span class="spread" />
      {graph.groups.size > 1 && showsAll(data.extras.layout, graph) && scene.mode !== "focus" && (
        <button type="button" onClick={() => change({ show: scene.mode === "all" ? "groups" : "all", open: "", pick: "", at: "" })}>
          {scene.mode === "all" ? "Collapse into groups" : "Show all services"}
        </button>
      )}
      {data.extras.byDomain && scene.mode !== "focus" && (
        <label class="choice">
          Groups{" "}
          <select value={route["by"] ?? "owner"} onChange={(event) => change({ by: event.currentTarget.value, open: "", pick: "", at: "" })}>
            <option>owner</option>
            <option>domain</option>
          </select>
        </label>
      )}
      {scene.mode === "focus" && <Focus graph={graph} route={route} />}
      {graph.measured && (
        <label class="choice">
          Width{" "}
          <select value={route["width"] ?? "risk"} onChange={(event) => change({ width: event.currentTarget.value }, "replace")}>
            <option>risk</option>
            <option>traffic</option>
          </select>
        </label>
      )}
    </div>
  );
}

/** Stands in a corner of the picture. */
export function Zoom({ camera }: { camera: Camera }) {
  return (
    <div class="graph-zoom" role="group" aria-label="Zoom">
      <button type="button" aria-label="Zoom in" title="Zoom in (+)" onClick={() => camera.zoom(1.25)}>
        +
      </button>
      <button type="button" aria-label="Zoom out" title="Zoom out (−)" onClick={() => camera.zoom(0.8)}>
        −
      </button>
      <button type="button" title="Show everything (0)" onClick={() => camera.fit()}>
        Fit
      </button>
    </div>
  );
}

function Focus({ graph, route }: { graph: Graph; route: Route }) {
  const name = graph.vertices.get(route["focus"] ?? "")?.name;
  return (
    <>
      <label class="choice">
        Around <b>{name}</b> up to{" "}
        <select value={route["depth"] ?? "1"} onChange={(event) => change({ depth: event.currentTarget.value, at: "" })}>
          <option>1</option>
          <option>2</option>
          <option>3</option>
        </select>
      </label>
      <button type="button" onClick={() => change({ focus: "", depth: "", at: "" })}>
        Back to the whole
      </button>
    </>
  );
}

interface Choices {
  key: string;
  title: string;
  values: [value: string, text: string][];
}

function choicesOf(data: Data, graph: Graph): Choices[] {
  const { extras } = data;
  const techniques = new Set<string>([...data.tests.values()].flat().map((test) => test.technique));
  const styles = [...new Set(graph.links.map((link) => link.style))].sort();
  const owners = [...new Set([...graph.vertices.keys()].flatMap((id) => ownersOf(graph, id)))].sort();
  const states = new Set(graph.links.map((link) => lookOf(data, link, "").state || "none"));
  const unscored = graph.links.some((link) => link.score === undefined);
  const known: [string, string][] = Object.entries(extras.states).map(([state, { sign, title }]) => [state, `${sign} ${title}`]);
  return [
    { key: "technique", title: "Technique", values: Object.entries(extras.techniques).flatMap(([key, { sign, title }]) => (techniques.has(key) ? [[key, `${sign} ${title}`]] : [])) },
    { key: "style", title: "Style", values: styles.map((style) => [style, style]) },
    { key: "owner", title: [...graph.vertices.values()].some((it) => it.owner) ? "Owner" : "Group", values: owners.map((owner) => [owner, owner]) },
    { key: "risk", title: "Risk", values: [...extras.bands.map(({ name }): [string, string] => [name, name]), ...(unscored ? [["not scored", "not scored"] as [string, string]] : [])] },
    { key: "state", title: "State", values: [...known, ["none", "no test recommended"] as [string, string], ["gone", "gone"] as [string, string]].filter(([state]) => states.has(state)) },
  ];
}
