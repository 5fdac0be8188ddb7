// The picture itself: lines, nodes, and what mouse and keys do on them.
import { memo } from "preact/compat";
import type { RefObject } from "preact";
import { useMemo, useRef } from "preact/hooks";
import { type Camera, whole } from "./camera";
import { cut, path, stop } from "./place";
import type { Frame, Line, Scene, Shape } from "./scene";
import { Heads, Outline } from "./shapes";

/** What a line says of its boundaries. */
export interface Said {
  /** Class of its colour. */
  look: string;
  /** `C-`. */
  mark: string;
  /** 1–5. */
  width: number;
  dashed: boolean;
  /** One end is no part of the system: in the background. */
  beside: boolean;
  change: string;
  told: string;
}

interface Props {
  scene: Scene;
  svg: RefObject<SVGSVGElement | null>;
  /** None on paper, where nothing moves. */
  camera: Camera | undefined;
  said: ReadonlyMap<string, Said>;
  /** Told of each shape by a screen reader. */
  names: ReadonlyMap<string, string>;
  /** Keys of shapes and lines that the filters leave alone; undefined without a filter. */
  meant: ReadonlySet<string> | undefined;
  hits: ReadonlySet<string>;
  chosen: string;
  onChoose: (key: string) => void;
  onOpen: (key: string) => void;
}

const STEP = 60;
const CLICK = 4;

export function Canvas({ scene, svg, camera, said, names, meant, hits, chosen, onChoose, onOpen }: Props) {
  const start = useRef<{ x: number; y: number; moved: boolean } | undefined>(undefined);
  const keys = [...scene.shapes.keys()];
  // One node is on the way of the tab key; arrows go from there.
  const entry = scene.shapes.has(chosen) ? chosen : keys[0];
  const shares = useMemo(() => sharesOf(scene), [scene]);
  const around = useMemo(() => {
    const found = new Set<string>();
    for (const line of scene.lines) if ([line.key, line.tail, line.head].includes(chosen)) [line.key, line.tail, line.head].forEach((key) => found.add(key));
    return found;
  }, [scene, chosen]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (!camera || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = keyAt(event.target);
    const shape = scene.shapes.get(at);
    const [dx, dy] = ARROWS[event.key] ?? [0, 0];
    if (dx || dy) {
      const next = shape && nearest(scene, shape, dx, dy);
      if (next) focusOn(svg.current, next.key);
      else if (!shape) camera.pan(-dx * STEP, -dy * STEP);
    } else if (event.key === "+" || event.key === "=") camera.zoom(1.25);
    else if (event.key === "-") camera.zoom(0.8);
    else if (event.key === "0") camera.fit();
    else if (shape && event.key === "Enter") onChoose(at);
    else if (shape && event.key === " ") onOpen(at);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <svg
      ref={svg}
      class={`canvas${camera?.far ? " far" : ""}${camera?.tiny ? " tiny" : ""}${meant ? " filtered" : ""}`}
      role="group"
      aria-label="Graph of services. Arrow keys move it; Tab goes to a service, arrow keys from there to the next, Enter tells more."
      viewBox={camera ? undefined : whole(scene)}
      tabindex={camera ? 0 : undefined}
      onKeyDown={onKeyDown}
      onFocusIn={(event) => {
        const shape = scene.shapes.get(keyAt(event.target));
        if (shape && (event.target as Element).matches(":focus-visible")) camera?.reveal(shape.x, shape.y);
      }}
      onPointerDown={(event) => {
        if (event.button === 0) start.current = { x: event.clientX, y: event.clientY, moved: false };
      }}
      onPointerMove={(event) => {
        const from = start.current;
        if (!from || !camera || event.buttons === 0) return;
        const [dx, dy] = [event.clientX - from.x, event.clientY - from.y];
        if (!from.moved && Math.hypot(dx, dy) < CLICK) return;
        if (!from.moved) event.currentTarget.setPointerCapture(event.pointerId);
        start.current = { x: event.clientX, y: event.clientY, moved: true };
        camera.pan(dx, dy);
      }}
      onClick={(event) => {
        if (camera && !start.current?.moved) onChoose(keyAt(event.target));
        start.current = undefined;
      }}
      onDblClick={(event) => onOpen(keyAt(event.target))}
    >
      <Heads />
      <g aria-hidden="true">
        {scene.frames.map((frame) => (
          <Border key={frame.key} frame={frame} />
        ))}
        {scene.lines.map((line) => (
          <Drawn
            key={line.key}
            line={line}
            share={shares.get(line.key) ?? 0.5}
            said={said.get(line.key)}
            dim={Boolean(meant && !meant.has(line.key)) || (around.size > 0 && !around.has(line.key))}
            chosen={line.key === chosen}
            aside={scene.frames.length > 0 && line.figures !== undefined}
          />
        ))}
      </g>
      {keys.map((key) => {
        const shape = scene.shapes.get(key);
        return (
          shape && (
            <Node
              key={key}
              shape={shape}
              name={names.get(key) ?? shape.name}
              dim={Boolean(meant && !meant.has(key)) || (around.size > 0 && !around.has(key))}
              hit={hits.has(key)}
              chosen={key === chosen}
              tab={camera ? (key === entry ? 0 : -1) : undefined}
            />
          )
        );
      })}
    </svg>
  );
}

const ARROWS: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const keyAt = (target: EventTarget | null): string => (target instanceof Element ? (target.closest("[data-key]")?.getAttribute("data-key") ?? "") : "");

/** Gives the keyboard to a node. */
export function focusOn(svg: SVGSVGElement | null, key: string): void {
  svg?.querySelector<SVGGElement>(`.node[data-key="${CSS.escape(key)}"]`)?.focus();
}

/** The next node in a direction: the nearer, the less aside, the better. */
function nearest(scene: Scene, from: Shape, dx: number, dy: number): Shape | undefined {
  let best: [number, Shape] | undefined;
  for (const shape of scene.shapes.values()) {
    const [x, y] = [shape.x - from.x, shape.y - from.y];
    const [ahead, aside] = [x * dx + y * dy, Math.abs(x * dy) + Math.abs(y * dx)];
    if (ahead <= 0) continue;
    const cost = ahead + 2 * aside;
    if (!best || cost < best[0]) best = [cost, shape];
  }
  return best?.[1];
}

const SHARES = [0.42, 0.6, 0.25, 0.75];

/** Lines between the same two shapes have their letters at different places. */
function sharesOf(scene: Scene): Map<string, number> {
  const seen = new Map<string, number>();
  return new Map(
    scene.lines.map(({ key, tail, head }) => {
      const pair = tail < head ? `${tail} ${head}` : `${head} ${tail}`;
      const at = seen.get(pair) ?? 0;
      seen.set(pair, at + 1);
      const share = SHARES[at % SHARES.length] ?? 0.5;
      return [key, tail < head ? share : 1 - share];
    }),
  );
}

function Border({ frame }: { frame: Frame }) {
  return (
    <g class="frame" data-key={`group ${frame.key}`}>
      <rect x={frame.x} y={frame.y} width={frame.w} height={frame.h} rx="6" />
      <text x={frame.x + 8} y={frame.y + 20}>
        {frame.name}
      </text>
    </g>
  );
}

/** The small print of a node: whether it came or went, and what it is. */
export const captionOf = ({ caption, vertex }: Shape): string => [vertex?.change && CHANGED[vertex.change], caption].filter(Boolean).join(" · ");

const CHANGED = { new: "+ new", gone: "− gone" };

interface NodeProps {
  shape: Shape;
  name: string;
  dim: boolean;
  hit: boolean;
  chosen: boolean;
  tab: number | undefined;
}

const Node = memo(function Node({ shape, name, dim, hit, chosen, tab }: NodeProps) {
  const kind = shape.group ? "group" : (shape.vertex?.kind ?? "service");
  const change = shape.vertex?.change ?? "";
  const caption = captionOf(shape);
  // The lid of a datastore takes its room.
  const lower = kind === "datastore" ? 3 : 0;
  const look = ["node", `kind-${kind}`, dim && "dim", hit && "hit", chosen && "chosen", change, shape.vertex?.beside && "beside"];
  return (
    <g class={look.filter(Boolean).join(" ")} data-key={shape.key} transform={`translate(${shape.x} ${shape.y})`} tabindex={tab} role="button" aria-label={name} aria-pressed={chosen}>
      <title>{shape.name}</title>
      <Outline shape={shape} />
      <text class="name" y={(shape.group ? -4 : caption ? -2 : 4) + lower}>
        {cut(shape.name)}
      </text>{" "}
      {caption && (
        <text class={change ? "caption change" : "caption"} y={(shape.group ? 20 : 12) + lower}>
          {cut(caption, Math.floor((shape.w - 12) / (shape.group ? 8 : 6)))}
        </text>
      )}
    </g>
  );
});

interface DrawnProps {
  line: Line;
  /** Of the way, where its letters stand. */
  share: number;
  said: Said | undefined;
  dim: boolean;
  chosen: boolean;
  /** Between closed groups, while others are open. */
  aside: boolean;
}

const Drawn = memo(function Drawn({ line, share, said, dim, chosen, aside }: DrawnProps) {
  if (!said || line.points.length < 8) return null;
  const d = path(line.points);
  const [x, y] = stop(line.points, share);
  const label = [said.change, said.mark].filter(Boolean).join(" ");
  const width = label.length * 6 + 6;
  const look = ["line", `line-${said.look}`, `width-${said.width}`, said.dashed && "dashed", dim && "dim", said.beside && "beside", aside && "aside", chosen && "chosen", said.change];
  return (
    <g class={look.filter(Boolean).join(" ")} data-key={line.key}>
      <title>{said.told}</title>
      {said.look === "stale" && <path class="casing" d={d} />}
      <path class="drawn" d={d} marker-end={`url(#${line.message ? "hollow" : "full"}-${dim ? "dim" : said.look})`} />
      <path class="catch" d={d} />
      {label && !dim && !aside && (
        <g class="mark" transform={`translate(${Math.round(x)} ${Math.round(y)})`}>
          <g>
            <rect x={-width / 2} y="-7" width={width} height="14" rx="3" />
            <text y="4">{label}</text>
          </g>
        </g>
      )}
    </g>
  );
});
