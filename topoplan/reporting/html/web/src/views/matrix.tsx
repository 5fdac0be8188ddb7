// The dependency structure matrix: services in layers, and the worst gap between every two of them.
import { useMemo, useRef, useState } from "preact/hooks";
import type { Data, MatrixBlock, MatrixCell } from "../data";
import { Grid, type Place } from "../parts/grid";
import { Minimap } from "../parts/minimap";
import { Empty, Section } from "../parts/section";
import { type Column, Table } from "../parts/table";
import { go, href } from "../route";
import type { ViewProps } from "../view";
import { counted, dotted, number, pairOf, viaOf } from "../words";

/** Rows up to which a screen shows most of the matrix. */
const MOST_AT_ONCE = 40;

export function Matrix({ data, route }: ViewProps) {
  const { matrix } = data.extras;
  return (
    <>
      <Section title="Matrix" beside={matrix.rows.length ? shape(matrix) : undefined}>
        {matrix.note && <p class="faint">{matrix.note}</p>}
        {matrix.rows.length ? <Drawn data={data} matrix={matrix} wanted={route["boundary"]} /> : <Empty>No service depends on another.</Empty>}
      </Section>
      {matrix.cells.length > 0 && (
        <Section title="The same as a list">
          <AsList data={data} route={route} />
        </Section>
      )}
    </>
  );
}

function shape({ rows, cells, alone, note }: MatrixBlock): string {
  const noun = note ? "group" : "node";
  const cycles = Math.max(0, ...rows.map((row) => row.cycle));
  const back = cells.filter((cell) => cell.back).length;
  return dotted([
    counted(rows.length, noun),
    counted(new Set(rows.map((row) => row.layer)).size, "layer"),
    cycles ? `${counted(cycles, "dependency cycle")}, ${counted(back, "dependency points back", "dependencies point back")}` : "no dependency cycle",
    alone ? `${counted(alone, noun)} without a boundary left out` : "",
  ]);
}

function Drawn({ data, matrix, wanted }: { data: Data; matrix: MatrixBlock; wanted: string | undefined }) {
  const cells = useMemo(() => new Map(matrix.cells.map((cell) => [String(cell.at), cell])), [matrix]);
  const [cursor, setCursor] = useState<Place>(() => matrix.cells.find((cell) => wanted !== undefined && cell.boundaries.includes(wanted))?.at ?? matrix.first);
  const [hover, setHover] = useState<Place | null>(null);
  const links = useRef<HTMLUListElement>(null);
  const at = hover ?? cursor;
  const large = matrix.rows.length > MOST_AT_ONCE;
  const open = (place: Place) => {
    const cell = cells.get(String(place));
    if (cell?.count === 1) openFrom(cell, cell.boundaries[0] ?? "");
    else if (cell) setTimeout(() => links.current?.querySelector("a")?.focus());
  };
  const over = (place: Place | null) => {
    if (String(place) !== String(hover)) setHover(place);
  };
  return (
    <>
      <Legend data={data} />
      <div class={large ? "above large" : "above"}>
        {large && <Minimap matrix={matrix} cursor={cursor} onMove={setCursor} />}
        <div class="explained" tabIndex={0} role="region" aria-label="The place in the matrix">
          <div id="explained" role="status">
            {told(matrix, cells, at).map((line) => (
              <p key={line}>{line}</p>
            ))}
          </div>
          <Opens data={data} cell={cells.get(String(at))} list={links} />
        </div>
      </div>
      <Grid matrix={matrix} cursor={cursor} hover={hover} describedBy="explained" onMove={setCursor} onHover={over} onOpen={open} />
    </>
  );
}

/** Opens a boundary so that going back leads to its cell. */
function openFrom(cell: MatrixCell, boundary: string): void {
  go({ view: "matrix", boundary: cell.boundaries[0] ?? "" }, "replace");
  go({ boundary });
}

function told({ rows }: MatrixBlock, cells: ReadonlyMap<string, MatrixCell>, [row, column]: Place): string[] {
  const cell = cells.get(`${row},${column}`);
  if (cell) return cell.told.filter(Boolean);
  const [consumer, provider] = [rows[row], rows[column]];
  if (!consumer || !provider) return [];
  if (row !== column) return [`${consumer.name} → ${provider.name} · no boundary`];
  return [`${consumer.name} · layer ${consumer.layer}${consumer.cycle ? `, in dependency cycle ${consumer.cycle}` : ""}`];
}

function Opens({ data, cell, list }: { data: Data; cell: MatrixCell | undefined; list: { current: HTMLUListElement | null } }) {
  if (!cell) return null;
  const left = cell.count - cell.boundaries.length;
  return (
    <ul ref={list} class="opens">
      {cell.boundaries.map((id) => {
        const boundary = data.boundaries.get(id);
        return (
          <li key={id}>
            <a
              href={href({ boundary: id })}
              onClick={(event) => {
                event.preventDefault();
                openFrom(cell, id);
              }}
            >
              {boundary ? dotted([cell.count > 1 ? pairOf(data, boundary) : "", viaOf(boundary)]) : id}
            </a>
          </li>
        );
      })}
      {left > 0 && <li class="faint">and {number(left)} more</li>}
    </ul>
  );
}

function Legend({ data }: { data: Data }) {
  const letter = data.extras.techniques["contract"]?.sign ?? "";
  const looks = [
    [`${letter}^`, "level-high", "worst gap of high urgency"],
    [letter, "level-medium", "medium"],
    [letter.toLowerCase(), "level-low", "low"],
    ["+", "state-covered", "covered"],
    [".", "quiet", "no open gap"],
    ["<", "quiet", "points back"],
  ] as const;
  return (
    <p class="legend">
      {looks.map(([sign, look, title]) => (
        <span key={title}>
          <span class={`chip ${look}`}>{sign}</span> {title}
        </span>
      ))}
      <span class="faint">{Object.values(data.extras.techniques).map(({ sign, title }) => `${sign} ${title.replace(/ tests$/, "").toLowerCase()}`).join(" · ")}</span>
    </p>
  );
}

function AsList({ data, route }: ViewProps) {
  const { rows, cells } = data.extras.matrix;
  const name = (number: number): string => rows[number]?.name ?? "";
  const columns: Column<MatrixCell>[] = [
    {
      key: "pair",
      title: "Depends on",
      room: "much",
      value: (cell) => cell.told[0],
      show: (cell) => (cell.count === 1 ? <a href={href({ boundary: cell.boundaries[0] ?? "" })}>{cell.told[0]}</a> : cell.told[0]),
    },
    { key: "layer", title: "Layer", figure: true, value: (cell) => rows[cell.at[0]]?.layer ?? "" },
    { key: "count", title: "Boundaries", figure: true, value: (cell) => cell.count },
    { key: "tests", title: "Tests", room: "much", value: (cell) => cell.told[1] },
    { key: "gap", title: "Worst gap", room: "much", value: (cell) => cell.told[2] },
  ];
  return (
    <Table
      name="matrix"
      system={data.report.system}
      caption="Who depends on whom, consumers before their providers"
      noun="dependency"
      nouns="dependencies"
      rows={cells}
      columns={columns}
      keyOf={(cell) => String(cell.at)}
      hidden={({ at }) => `${name(at[0])} ${name(at[1])}`}
      route={route}
    />
  );
}
