// What colours, widths, dashes and shapes mean; only what the picture contains.
import type { Data } from "../data";
import type { Said } from "./canvas";
import type { Scene } from "./scene";
import { Outline } from "./shapes";

interface Props {
  data: Data;
  scene: Scene;
  said: ReadonlyMap<string, Said>;
  /** `risk` or `traffic`. */
  width: string;
}

export function Legend({ data, scene, said, width }: Props) {
  const lines = scene.lines.flatMap((line) => said.get(line.key) ?? []);
  const looks = new Set(lines.map((it) => it.look));
  const kinds = new Set([...scene.shapes.values()].map((shape) => (shape.group ? "group" : (shape.vertex?.kind ?? ""))));
  const words: [string, string][] = Object.entries(data.extras.states).map(([state, { sign, title }]) => [state, `${sign} ${state === "covered" ? "covered: no open gap" : title}`]);
  words.push(["none", "no test recommended"], ["gone", "gone since the base"]);
  const techniques = Object.values(data.extras.techniques).map(({ sign, title }) => `${sign} ${title}`);
  return (
    <div class="graph-legend" role="group" aria-label="Legend">
      <p>
        <b>Colour</b> worst open gap:
        {words
          .filter(([state]) => looks.has(state))
          .map(([state, text]) => (
            <span key={state} class="graph-key">
              <Sample class={`line line-${state} width-4`} />
              {text}
            </span>
          ))}
      </p>
      <p>
        <b>Width</b> {width}:
        {width === "risk" ? (
          [...data.extras.bands].reverse().map(({ name }, at) => (
            <span key={name} class="graph-key">
              <Sample class={`line line-none width-${[2, 3, 5][at] ?? 1}`} />
              {name}
            </span>
          ))
        ) : (
          <span class="graph-key">
            <Sample class="line line-none width-1" />
            few calls <Sample class="line line-none width-5" />
            most
          </span>
        )}
        {lines.some((it) => it.dashed) && (
          <span class="graph-key">
            <Sample class="line line-none width-3 dashed" />
            declared, never observed
          </span>
        )}
        <span class="graph-key">
          <Sample class="line line-none width-2" head="full" />
          calls or uses
        </span>
        {scene.lines.some((line) => line.message) && (
          <span class="graph-key">
            <Sample class="line line-none width-2" head="hollow" />
            messages to
          </span>
        )}
      </p>
      <p>
        <b>Shape</b> kind:
        {["service", "gateway", "datastore", "broker", "external", "group"]
          .filter((kind) => kinds.has(kind))
          .map((kind) => (
            <span key={kind} class="graph-key">
              <Icon kind={kind} />
              {kind}
            </span>
          ))}
        <span class="graph-key faint">Letters: {techniques.join(", ")}</span>
      </p>
    </div>
  );
}

function Sample({ class: look, head }: { class: string; head?: string }) {
  return (
    <svg class="graph-sample" viewBox="0 0 34 12" aria-hidden="true">
      <g class={look}>
        <path class="drawn" d={head ? "M1 6H22" : "M1 6H33"} marker-end={head && `url(#${head}-none)`} />
      </g>
    </svg>
  );
}

function Icon({ kind }: { kind: string }) {
  const group = kind === "group" ? { name: "", basis: "", members: [] } : undefined;
  const vertex = { id: "", name: "", kind, caption: "", owner: "", beside: false, change: "" as const, service: undefined };
  return (
    <svg class="graph-sample" viewBox="-30 -16 60 32" aria-hidden="true">
      <g class={`node kind-${kind}`}>
        <Outline shape={{ key: "", name: "", caption: "", vertex: group ? undefined : vertex, group, x: 0, y: 0, w: 50, h: 24 }} />
      </g>
    </svg>
  );
}
