// What is known of the node or line that was chosen, and where to go from there.
import type { Data } from "../data";
import { Listed } from "../parts/listed";
import { Chip, Risk, State } from "../parts/signs";
import { change, href, type Route } from "../route";
import { arrow, counted, nameOf, viaOf } from "../words";
import { type Graph, groupKey, type Link, lookOf } from "./model";
import { type Line, opened, type Scene, SEPARATOR, type Shape } from "./scene";

interface Props {
  data: Data;
  graph: Graph;
  scene: Scene;
  route: Route;
  chosen: string;
}

export function Panel({ data, graph, scene, route, chosen }: Props) {
  const shape = scene.shapes.get(chosen);
  const line = scene.lines.find((it) => it.key === chosen);
  const group = graph.groups.get(chosen.replace(/^group /, ""));
  if (!shape && !line && !group) return null;
  return (
    <aside class="graph-panel" aria-label="What was chosen" tabIndex={0}>
      <button type="button" class="close" aria-label="Close" onClick={() => change({ pick: "" })}>
        ×
      </button>
      {shape?.vertex ? (
        <OfService data={data} graph={graph} shape={shape} />
      ) : group ? (
        <OfGroup data={data} graph={graph} route={route} chosen={groupKey(group)} />
      ) : (
        line && <OfLine data={data} scene={scene} line={line} />
      )}
    </aside>
  );
}

function OfService({ data, graph, shape }: { data: Data; graph: Graph; shape: Shape }) {
  const vertex = shape.vertex;
  if (!vertex) return null;
  const { id, service } = vertex;
  const links = graph.around.get(id) ?? [];
  const group = graph.groups.get(graph.groupOf.get(id) ?? "");
  const out = links.filter((link) => (link.boundary ? link.boundary.consumer === id : link.tail === id));
  return (
    <>
      <h3>{vertex.name}</h3>
      <p class="faint">
        {data.extras.kinds[vertex.kind]?.sign} {[vertex.kind, service?.technology, vertex.beside && "beside the system"].filter(Boolean).join(" · ")}
        {vertex.change && ` · ${vertex.change === "new" ? "new" : "gone"} since ${data.report.changes?.base}`}
      </p>
      <dl>
        {service?.owner && (
          <>
            <dt>Owner</dt>
            <dd>{service.owner}</dd>
          </>
        )}
        {service?.criticality && (
          <>
            <dt>Criticality</dt>
            <dd>{service.criticality}</dd>
          </>
        )}
        {group && group.name !== service?.owner && (
          <>
            <dt>Group</dt>
            <dd>{group.name}</dd>
          </>
        )}
        {service && service.aliases.length > 0 && (
          <>
            <dt>Also called</dt>
            <dd>{service.aliases.join(", ")}</dd>
          </>
        )}
      </dl>
      <p class="actions">
        Show its neighbours up to{" "}
        {["1", "2", "3"].map((depth) => (
          <button key={depth} type="button" aria-label={`Show neighbours up to ${depth} away`} onClick={() => change({ focus: id, depth, at: "" })}>
            {depth}
          </button>
        ))}{" "}
        away
      </p>
      <Links data={data} title="Uses" links={out} other={(link) => link.boundary?.provider ?? link.head} />
      <Links data={data} title="Used by" links={links.filter((link) => !out.includes(link))} other={(link) => link.boundary?.consumer ?? link.tail} />
      {links.length === 0 && <p class="faint">No boundary is known.</p>}
    </>
  );
}

function Links({ data, title, links, other }: { data: Data; title: string; links: readonly Link[]; other: (link: Link) => string }) {
  if (links.length === 0) return null;
  return (
    <>
      <h4>
        {title} <span class="faint">{links.length}</span>
      </h4>
      <Listed items={risky(links)}>{(link) => <Entry data={data} link={link} name={nameOf(data, other(link))} />}</Listed>
    </>
  );
}

const risky = (links: readonly Link[]): Link[] => [...links].sort((a, b) => (b.score ?? -1) - (a.score ?? -1));

/** A boundary on one line, with the way to its page. */
function Entry({ data, link, name }: { data: Data; link: Link; name: string }) {
  const { state, technique } = lookOf(data, link, "");
  return (
    <>
      {link.boundary ? <a href={href({ boundary: link.id })}>{name}</a> : name} <span class="faint">{link.boundary && viaOf(link.boundary)}</span>
      <br />
      {link.change && <b>{link.change} </b>}
      {technique ? <Chip data={data} technique={technique} state={state} /> : state in data.extras.states && <State data={data} state={state} />}{" "}
      {link.score !== undefined && <Risk data={data} score={link.score} />}
    </>
  );
}

function OfGroup({ data, graph, route, chosen }: { data: Data; graph: Graph; route: Route; chosen: string }) {
  const group = graph.groups.get(chosen);
  if (!group) return null;
  const open = opened(graph, route);
  const isOpen = open.includes(chosen);
  const inside = data.extras.aggregate.nodes[[...graph.groups.keys()].indexOf(chosen)];
  const others = isOpen ? open.filter((key) => key !== chosen) : [...open, chosen];
  return (
    <>
      <h3>{group.name}</h3>
      <p class="faint">
        {group.basis} · {counted(group.members.length, "service")}
        {inside && ` · ${counted(inside.boundaries, "boundary", "boundaries")} inside, ${counted(inside.gaps, "open gap")}`}
      </p>
      <p class="actions">
        <button type="button" onClick={() => change({ open: others.join(SEPARATOR), show: "groups", focus: "", at: "" })}>
          {isOpen ? "Close this group" : "Open this group"}
        </button>
      </p>
      <Listed items={group.members}>
        {(id) => (
          <button type="button" class="link" onClick={() => change({ focus: id, depth: "1", pick: `service ${id}`, at: "" })}>
            {nameOf(data, id)}
          </button>
        )}
      </Listed>
    </>
  );
}

function OfLine({ data, scene, line }: { data: Data; scene: Scene; line: Line }) {
  const [tail, head] = [scene.shapes.get(line.tail)?.name, scene.shapes.get(line.head)?.name];
  const all = line.figures?.boundaries ?? line.links.length;
  const [only] = line.links;
  return (
    <>
      <h3>{line.message ? `${head} ← ${tail}` : `${tail} → ${head}`}</h3>
      <p class="faint">
        {all > 1 && counted(all, "boundary", "boundaries")}
        {all > line.links.length && `, of which the page holds ${line.links.length}`}
        {all === 1 && only?.change === "gone" && `gone since ${data.report.changes?.base}`}
      </p>
      <Listed items={risky(line.links)}>
        {(link) => (
          <Entry
            data={data}
            link={link}
            name={link.boundary ? `${nameOf(data, link.boundary.consumer)} ${arrow(link.boundary)} ${nameOf(data, link.boundary.provider)}` : link.id}
          />
        )}
      </Listed>
    </>
  );
}
