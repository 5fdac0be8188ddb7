// The dependency structure matrix as a picture with a cursor: only what is there is drawn.
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { MatrixBlock, MatrixCell } from "../data";

export type Place = readonly [row: number, column: number];

const SIDE = 24;
/** Rows and columns that PageUp and PageDown go. */
const LEAP = 10;

interface Props {
  matrix: MatrixBlock;
  cursor: Place;
  /** What the pointer is over. */
  hover: Place | null;
  describedBy: string;
  onMove: (place: Place) => void;
  onHover: (place: Place | null) => void;
  onOpen: (place: Place) => void;
}

export function Grid({ matrix, cursor, hover, describedBy, onMove, onHover, onOpen }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const names = useRef<HTMLOListElement>(null);
  const size = matrix.rows.length;
  const [row, column] = hover ?? cursor;
  // What the cursor does not change is made once.
  const ground = useMemo(() => <Ground matrix={matrix} />, [matrix]);
  const cells = useMemo(() => <Cells cells={matrix.cells} />, [matrix]);
  useEffect(() => {
    if (frame.current && names.current) reveal(frame.current, names.current, cursor);
  }, [cursor]);
  const keyed = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = moved(cursor, event.key, size);
    if (next) onMove(next);
    else if (event.key === "Enter" || event.key === " ") onOpen(cursor);
    else return;
    event.preventDefault();
  };
  const placeOf = (event: MouseEvent): Place => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    const within = (offset: number) => Math.min(size - 1, Math.max(0, Math.floor(offset / SIDE)));
    return [within(event.clientY - box.top), within(event.clientX - box.left)];
  };
  const side = size * SIDE;
  return (
    <div
      ref={frame}
      class="matrix"
      tabIndex={0}
      role="application"
      aria-roledescription="matrix"
      aria-label="Rows depend on columns. Arrow keys move, Enter opens a boundary. The same stands below as a list."
      aria-describedby={describedBy}
      onKeyDown={keyed}
    >
      <div class="matrix-top" aria-hidden="true">
        <div class="corner">
          <span>rows depend on columns</span>
        </div>
        <Names matrix={matrix} at={column} kind="columns" />
      </div>
      <div class="matrix-body" aria-hidden="true">
        <Names matrix={matrix} at={row} kind="rows" list={names} />
        <svg
          width={side}
          height={side}
          onPointerMove={(event) => onHover(placeOf(event))}
          onPointerLeave={() => onHover(null)}
          onClick={(event) => {
            frame.current?.focus({ preventScroll: true });
            onMove(placeOf(event));
            onOpen(placeOf(event));
          }}
        >
          {ground}
          <rect class="cross" x={0} y={row * SIDE} width={side} height={SIDE} />
          <rect class="cross" x={column * SIDE} y={0} width={SIDE} height={side} />
          {cells}
          <rect class="cursor" x={cursor[1] * SIDE + 1} y={cursor[0] * SIDE + 1} width={SIDE - 2} height={SIDE - 2} />
        </svg>
      </div>
    </div>
  );
}

function moved([row, column]: Place, key: string, size: number): Place | null {
  const held = (value: number) => Math.min(size - 1, Math.max(0, value));
  switch (key) {
    case "ArrowUp":
      return [held(row - 1), column];
    case "ArrowDown":
      return [held(row + 1), column];
    case "ArrowLeft":
      return [row, held(column - 1)];
    case "ArrowRight":
      return [row, held(column + 1)];
    case "PageUp":
      return [held(row - LEAP), column];
    case "PageDown":
      return [held(row + LEAP), column];
    case "Home":
      return [row, 0];
    case "End":
      return [row, size - 1];
    default:
      return null;
  }
}

/** Scrolls so that a place is not under the names, which stay: a little when it is near, to the middle when it is far. */
function reveal(frame: HTMLElement, names: HTMLElement, [row, column]: Place): void {
  const [left, top] = [names.offsetWidth, frame.scrollHeight - names.offsetHeight];
  frame.scrollLeft = scrolled(frame.scrollLeft, column * SIDE, frame.clientWidth - left);
  frame.scrollTop = scrolled(frame.scrollTop, row * SIDE, frame.clientHeight - top);
}

function scrolled(now: number, start: number, room: number): number {
  const [before, after] = [now - start, start + SIDE - now - room];
  if (Math.max(before, after) > 2 * SIDE) return start - room / 2;
  return before > 0 ? start : after > 0 ? start + SIDE - room : now;
}

interface NamesProps {
  matrix: MatrixBlock;
  at: number;
  kind: "rows" | "columns";
  list?: { current: HTMLOListElement | null };
}

const Names = ({ matrix, at, kind, list }: NamesProps) => (
  <ol ref={list ?? null} class={kind}>
    {matrix.rows.map((row, number) => {
      const first = matrix.rows[number - 1]?.layer !== row.layer;
      return (
        <li key={row.id} class={[number === at ? "at" : "", first ? "first" : ""].join(" ").trim() || undefined} title={row.name}>
          <span>{row.name}</span>
          {kind === "rows" && row.cycle > 0 && <b title={`in dependency cycle ${row.cycle}`}>↻{row.cycle}</b>}
          {kind === "rows" && first && <i>layer {row.layer}</i>}
        </li>
      );
    })}
  </ol>
);

/** Lines, the blocks of layers and of cycles, and the diagonal. */
const Ground = ({ matrix }: { matrix: MatrixBlock }) => {
  const side = matrix.rows.length * SIDE;
  return (
    <>
      <defs>
        <pattern id="lines" width={SIDE} height={SIDE} patternUnits="userSpaceOnUse">
          <path class="line" d={`M${SIDE} 0H0V${SIDE}`} />
        </pattern>
      </defs>
      {runs(matrix.rows.map((row) => row.layer)).map(([from, to]) => (
        <rect key={from} class="layer" x={from * SIDE} y={from * SIDE} width={(to - from) * SIDE} height={(to - from) * SIDE} />
      ))}
      <rect width={side} height={side} fill="url(#lines)" />
      {matrix.rows.map((row, number) => (
        <rect key={row.id} class="self" x={number * SIDE + 8} y={number * SIDE + 8} width={SIDE - 16} height={SIDE - 16} />
      ))}
      {runs(matrix.rows.map((row) => row.cycle))
        .filter(([from]) => matrix.rows[from]?.cycle)
        .map(([from, to]) => (
          <rect key={from} class="cycle" x={from * SIDE + 0.5} y={from * SIDE + 0.5} width={(to - from) * SIDE} height={(to - from) * SIDE} />
        ))}
    </>
  );
};

/** From where to where neighbours are equal. */
function runs(values: readonly number[]): [from: number, to: number][] {
  const found: [number, number][] = [];
  values.forEach((value, at) => {
    const last = found.at(-1);
    if (last && values[last[0]] === value) last[1] = at + 1;
    else found.push([at, at + 1]);
  });
  return found;
}

const Cells = ({ cells }: { cells: readonly MatrixCell[] }) => (
  <>
    {cells.map(({ at: [row, column], sign, look, back }) => (
      <g key={`${row} ${column}`} class={`cell ${look}`.trim()} transform={`translate(${column * SIDE} ${row * SIDE})`}>
        <rect x={1.5} y={1.5} width={SIDE - 3} height={SIDE - 3} rx={3} />
        <text x={SIDE / 2} y={SIDE / 2 + 4}>
          {back ? "<" : ""}
          {sign}
        </text>
      </g>
    ))}
  </>
);
