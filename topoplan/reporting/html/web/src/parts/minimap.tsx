// The whole of a large matrix in a small square: its shape at a glance, and a way to any part of it.
import type { MatrixBlock } from "../data";
import type { Place } from "./grid";

interface Props {
  matrix: MatrixBlock;
  cursor: Place;
  onMove: (place: Place) => void;
}

export function Minimap({ matrix, cursor, onMove }: Props) {
  const size = matrix.rows.length;
  const looks = [...new Set(matrix.cells.map((cell) => cell.look))].sort();
  // A cell is at least as large as a pixel or two, or it would not be seen.
  const side = Math.max(1, size / 120);
  const paths = looks.map((look) => ({
    look,
    path: matrix.cells
      .filter((cell) => cell.look === look)
      .map(({ at: [row, column] }) => `M${column} ${row}h${side}v${side}h-${side}z`)
      .join(""),
  }));
  const clicked = (event: MouseEvent) => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    const within = (offset: number, length: number) => Math.min(size - 1, Math.max(0, Math.floor((offset / length) * size)));
    onMove([within(event.clientY - box.top, box.height), within(event.clientX - box.left, box.width)]);
  };
  return (
    <svg class="minimap" viewBox={`0 0 ${size} ${size}`} aria-hidden="true" onClick={clicked}>
      <path class="diagonal" d={`M0 0L${size} ${size}`} stroke-width={size / 300} />
      {paths.map(({ look, path }) => (
        <path key={look} class={look || "none"} d={path} />
      ))}
      <path class="here" d={`M0 ${cursor[0] + 0.5}H${size}M${cursor[1] + 0.5} 0V${size}`} stroke-width={size / 200} />
    </svg>
  );
}
