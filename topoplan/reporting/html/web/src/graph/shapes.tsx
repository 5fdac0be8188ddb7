// The outline of each kind of node, and the heads of lines: kind is told by shape alone.
import type { Shape } from "./scene";

/** Drawn around the middle of the node. */
export function Outline({ shape }: { shape: Shape }) {
  const { w, h } = shape;
  const [x, y] = [-w / 2, -h / 2];
  if (shape.group) {
    return (
      <>
        <rect class="outline behind" x={x + 4} y={y - 4} width={w} height={h} rx="3" />
        <rect class="outline" x={x} y={y} width={w} height={h} rx="3" />
      </>
    );
  }
  switch (shape.vertex?.kind) {
    case "gateway":
      return <path class="outline" d={`M${x} 0L${x + 12} ${y}H${-x - 12}L${-x} 0L${-x - 12} ${-y}H${x + 12}Z`} />;
    case "datastore":
      return (
        <>
          <path class="outline" d={`M${x} ${y + 5}A${w / 2} 5 0 0 1 ${-x} ${y + 5}V${-y - 5}A${w / 2} 5 0 0 1 ${x} ${-y - 5}Z`} />
          <path class="outline open" d={`M${x} ${y + 5}A${w / 2} 5 0 0 0 ${-x} ${y + 5}`} />
        </>
      );
    case "broker":
      return <path class="outline" d={`M${x} ${y}H${-x - 12}L${-x} 0L${-x - 12} ${-y}H${x}L${x + 10} 0Z`} />;
    case "external":
      return <rect class="outline dashed" x={x} y={y} width={w} height={h} />;
    default:
      return <rect class="outline" x={x} y={y} width={w} height={h} rx="8" />;
  }
}

const LOOKS = ["covered", "partial", "stale", "unverified", "failing", "uncovered", "unknown", "none", "gone", "dim"];

/** Full heads for calls, hollow ones for messages, one of each colour. */
export function Heads() {
  return (
    <defs>
      {LOOKS.flatMap((look) =>
        ["full", "hollow"].map((head) => (
          <marker key={look + head} id={`${head}-${look}`} viewBox="0 0 10 10" refX="1" refY="5" markerWidth="11" markerHeight="11" markerUnits="userSpaceOnUse" orient="auto">
            <path class={`head ${head} line-${look}`} d="M1 1L9 5L1 9Z" />
          </marker>
        )),
      )}
    </defs>
  );
}
