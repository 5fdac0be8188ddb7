// Risk retired against hours of writing, test by test.
import { useMemo, useState } from "preact/hooks";
import type { Data } from "../data";
import { href } from "../route";
import { hours, number, percent } from "../words";

interface Point {
  place: number;
  hours: number;
  /** Share of all risk, 0–1. */
  share: number;
  test: string;
}

const [WIDTH, HEIGHT] = [640, 300];
const [LEFT, RIGHT, TOP, BOTTOM] = [52, 625, 14, 262];
/** Most tests that are marked one by one. */
const DOTS = 60;

export function Curve({ data }: { data: Data }) {
  const { plan } = data.report;
  // Of the whole plan, also where the page holds a part of its tests.
  const points = useMemo(() => data.extras.plan.curve.map(([place, hours, share, test]): Point => ({ place, hours, share, test })), [data]);
  const last = points[points.length - 1] as Point;
  const [chosen, choose] = useState(points.length - 1);
  const end = Math.max(1, last.hours);
  const x = (point: Point) => LEFT + ((RIGHT - LEFT) * point.hours) / end;
  const y = (point: Point) => BOTTOM - (BOTTOM - TOP) * Math.min(Math.max(point.share, 0), 1);
  const line = points.map((point) => `${x(point).toFixed(1)},${y(point).toFixed(1)}`).join(" ");
  const floor = y(points[0] as Point);
  const here = points[chosen] ?? last;
  const told = chosenText(here, last.place);
  const hover = (event: PointerEvent) => {
    const box = (event.currentTarget as SVGSVGElement).getBoundingClientRect();
    const at = (((event.clientX - box.left) * WIDTH) / box.width - LEFT) / (RIGHT - LEFT);
    choose(nearest(points, at * end));
  };
  const test = useMemo(() => plan.tests.find((one) => one.id === here.test), [here]);
  return (
    <figure class="curve">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`Curve: ${data.extras.plan.told.join(", ") || told}`} onPointerMove={hover}>
        <rect class="plane" x={LEFT} y={TOP} width={RIGHT - LEFT} height={BOTTOM - TOP} />
        <rect class="existing" x={LEFT} y={floor} width={RIGHT - LEFT} height={BOTTOM - floor} />
        <polygon class="area" points={`${LEFT},${floor} ${line} ${x(last)},${floor}`} />
        <Axes end={end} />
        <polyline class="line" points={line} />
        {points.length <= DOTS && points.slice(1).map((point) => <circle class="dot" cx={x(point)} cy={y(point)} r="3" />)}
        <path class="cross" d={`M${x(here)} ${BOTTOM}V${y(here)}H${LEFT}`} />
        <circle class="here" cx={x(here)} cy={y(here)} r="5" />
      </svg>
      <input
        class="along"
        type="range"
        min={0}
        max={points.length - 1}
        value={chosen}
        aria-label="Tests of the plan, in their order"
        aria-valuetext={told}
        onInput={(event) => choose(Number(event.currentTarget.value))}
      />
      <figcaption>
        {told}
        {test && (
          <>
            {": "}
            <a href={href({ view: "plan", test: test.id })}>{test.title}</a>
          </>
        )}
      </figcaption>
    </figure>
  );
}

function chosenText(point: Point, tests: number): string {
  const retired = `${percent(point.share, 1)} of the risk retired`;
  if (!point.place) return `Before any test of this plan: ${retired}`;
  return `After ${hours(point.hours)}, test ${number(point.place)} of ${number(tests)}: ${retired}`;
}

/** The point that lies closest to so many hours; points rise. */
function nearest(points: readonly Point[], wanted: number): number {
  const after = points.findIndex((point) => point.hours >= wanted);
  if (after <= 0) return after < 0 ? points.length - 1 : 0;
  const [left, right] = [points[after - 1] as Point, points[after] as Point];
  return wanted - left.hours < right.hours - wanted ? after - 1 : after;
}

function Axes({ end }: { end: number }) {
  const step = tick(end);
  const ticks = Array.from({ length: Math.floor(end / step + 1e-9) + 1 }, (_, at) => at * step);
  return (
    <g class="axes" aria-hidden="true">
      {[0, 25, 50, 75, 100].map((share) => {
        const y = BOTTOM - ((BOTTOM - TOP) * share) / 100;
        return (
          <>
            <path d={`M${LEFT - 5} ${y}H${RIGHT}`} />
            <text x={LEFT - 9} y={y + 4} text-anchor="end">
              {share} %
            </text>
          </>
        );
      })}
      {ticks.map((hour) => {
        const x = LEFT + ((RIGHT - LEFT) * hour) / end;
        return (
          <>
            <path d={`M${x} ${BOTTOM}v5`} />
            <text x={x} y={BOTTOM + 18} text-anchor="middle">
              {number(hour)}
            </text>
          </>
        );
      })}
      <text x={RIGHT} y={HEIGHT - 4} text-anchor="end">
        hours to write
      </text>
    </g>
  );
}

/** The least of 1, 2, 5, 10, 20, … hours that needs at most eight marks. */
function tick(end: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(end / 8, 1)));
  return [1, 2, 5].map((one) => one * power).find((step) => end / step <= 8) ?? 10 * power;
}
