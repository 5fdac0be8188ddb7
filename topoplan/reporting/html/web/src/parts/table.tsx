// A table that sorts, filters, links, and can be taken along as Markdown or CSV. Its state stands in the address.
import type { ComponentChildren } from "preact";
import { useMemo, useState } from "preact/hooks";
import { type Cell, copy, csv, fileName, markdown, save } from "../handing";
import { change, type Route } from "../route";
import { counted, number } from "../words";
import { usePrinting } from "./printing";
import { tell } from "./told";

export interface Column<Row> {
  key: string;
  title: string;
  /** What is copied and exported, and sorted by unless `order` says otherwise; empty where nothing is known. */
  value: (row: Row) => Cell;
  /** What it sorts by, where that is not the order of the values; an empty text stands last both ways. */
  order?: (row: Row) => Cell;
  /** What is shown, when that is more than the value. */
  show?: (row: Row) => ComponentChildren;
  /** Figures stand on the right and sort from the highest. */
  figure?: boolean;
  /** Words that are sorted from the highest or worst first. */
  falling?: boolean;
  /** How much room words get at least; figures take what they need, and so does a short word, which is never broken. */
  room?: "word" | "some" | "much";
}

interface Props<Row> {
  /** Names the file it is exported to, and its parts of the address. */
  name: string;
  /** Where several tables of a view stand in the address: begins the keys of its filter and its order. */
  prefix?: string;
  system: string;
  caption: string;
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  keyOf: (row: Row) => string;
  route: Route;
  /** Further text that the filter finds a row by. */
  hidden?: (row: Row) => string;
  /** Selections beside the text filter, each with a choice kept in the address. */
  facets?: readonly Facet<Row>[];
  /** Stands below a row, over all columns. */
  below?: (row: Row) => ComponentChildren;
  /** Further texts to copy, made of the rows shown. */
  copies?: readonly { title: string; text: (rows: readonly Row[]) => string }[];
  noun: string;
  nouns?: string;
}

export interface Facet<Row> {
  key: string;
  title: string;
  /** Every value of a row; a row is shown when one of them is chosen. */
  values: (row: Row) => readonly string[];
  /** The order of the choices, where it is not that of the alphabet. */
  order?: readonly string[];
  /** A choice as it is shown. */
  label?: (value: string) => string;
}

const PAGE = 100;

export function Table<Row>(props: Props<Row>) {
  const { rows, columns, route, facets = [], name, prefix = "" } = props;
  const [page, setLimit] = useState(PAGE);
  const limit = usePrinting(route) ? Infinity : page;
  const [q, sort] = [`${prefix}q`, `${prefix}sort`];
  const wanted = (route[q] ?? "").toLowerCase();
  const haystacks = useMemo(() => rows.map((row) => haystack(props, row)), [rows]);
  const chosenAll = facets.map((facet) => route[facet.key] ?? "").join("\n");
  const choices = useMemo(() => facets.map((facet) => choicesOf(facet, rows)), [rows, chosenAll]);
  const shown = useMemo(() => {
    const words = wanted.split(/\s+/).filter(Boolean);
    const chosen = facets.filter((facet) => route[facet.key]);
    const found = rows.filter(
      (row, at) =>
        words.every((word) => haystacks[at]?.includes(word)) && chosen.every((facet) => facet.values(row).includes(route[facet.key] ?? "")),
    );
    return sorted(found, columns, route[sort] ?? "");
  }, [rows, wanted, route[sort], chosenAll]);

  const header = columns.map((column) => column.title);
  const cells = () => shown.map((row) => columns.map((column) => column.value(row)));
  const told = async (text: string) => tell((await copy(text)) ? "Copied as Markdown" : "The browser did not let the page copy");
  const id = `filter-${name}`;
  return (
    <div class="table-box">
      <div class="tools" role="search" aria-label={props.caption}>
        <label for={id} class="off-screen">
          Filter {props.caption}
        </label>
        <input
          id={id}
          class="filter"
          type="search"
          placeholder="Filter"
          value={route[q] ?? ""}
          onInput={(event) => change({ [q]: event.currentTarget.value }, "replace")}
        />
        {facets.map((facet, at) => (
          <Choice key={facet.key} facet={facet} values={choices[at] ?? []} chosen={route[facet.key] ?? ""} />
        ))}
        <span class="count" role="status">
          {shown.length === rows.length ? "" : `${number(shown.length)} of `}
          {counted(rows.length, props.noun, props.nouns)}
        </span>
        <span class="spread" />
        {props.copies?.map(({ title, text }) => (
          <button key={title} type="button" onClick={() => told(text(shown))}>
            {title}
          </button>
        ))}
        <button type="button" onClick={() => told(markdown(header, cells()))}>
          Copy as Markdown
        </button>
        <button type="button" onClick={() => save(fileName(props.system, `${name}.csv`), new Blob([csv(header, cells())], { type: "text/csv" }))}>
          CSV
        </button>
      </div>
      <div class="scroll" tabIndex={0} role="region" aria-label={props.caption}>
        <table>
          <caption class="off-screen">{props.caption}</caption>
          <thead>
            <tr>
              {columns.map((column) => (
                <Head key={column.key} column={column} sort={route[sort] ?? ""} onSort={(next) => change({ [sort]: next }, "replace")} />
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.slice(0, limit).map((row) => (
              <Line key={props.keyOf(row)} row={row} {...props} />
            ))}
          </tbody>
        </table>
      </div>
      {shown.length > limit && (
        <p class="more">
          {number(limit)} of {number(shown.length)} shown.{" "}
          <button type="button" onClick={() => setLimit(limit + 5 * PAGE)}>
            Show more
          </button>{" "}
          <button type="button" onClick={() => setLimit(Infinity)}>
            Show all
          </button>
        </p>
      )}
    </div>
  );
}

function Line<Row>({ row, columns, below }: Props<Row> & { row: Row }) {
  const more = below?.(row);
  return (
    <>
      <tr>
        {columns.map((column) => (
          <td key={column.key} class={looks(column)}>
            {column.show ? column.show(row) : column.value(row)}
          </td>
        ))}
      </tr>
      {more && (
        <tr class="below">
          <td colSpan={columns.length}>{more}</td>
        </tr>
      )}
    </>
  );
}

const looks = <Row,>({ figure, room }: Column<Row>): string | undefined => (figure ? "figure" : room && `room-${room}`);

function Head<Row>({ column, sort, onSort }: { column: Column<Row>; sort: string; onSort: (next: string) => void }) {
  const [key, falling] = [sort.replace(/^-/, ""), sort.startsWith("-")];
  const by = key === column.key;
  // First the way that is asked for most: figures from the highest, words from A; then the other way.
  const down = by ? !falling : Boolean(column.figure ?? column.falling);
  const next = down ? `-${column.key}` : column.key;
  return (
    <th scope="col" class={looks(column)} aria-sort={by ? (falling ? "descending" : "ascending") : "none"}>
      <button type="button" class="head" onClick={() => onSort(next)}>
        {column.title}
        <span aria-hidden="true" class="direction">
          {by ? (falling ? " ▼" : " ▲") : ""}
        </span>
      </button>
    </th>
  );
}

function Choice<Row>({ facet, values, chosen }: { facet: Facet<Row>; values: string[]; chosen: string }) {
  if (values.length < 2 && !chosen) return null;
  const known = values.includes(chosen) || !chosen ? values : [...values, chosen];
  const label = facet.label ?? ((value: string) => value);
  return (
    <label class="choice">
      {facet.title}{" "}
      <select value={chosen} onChange={(event) => change({ [facet.key]: event.currentTarget.value }, "replace")}>
        <option value="">all</option>
        {known.map((value) => (
          <option key={value} value={value}>
            {label(value)}
          </option>
        ))}
      </select>
    </label>
  );
}

function haystack<Row>({ columns, hidden }: Props<Row>, row: Row): string {
  return `${columns.map((column) => column.value(row)).join(" ")} ${hidden?.(row) ?? ""}`.toLowerCase();
}

function choicesOf<Row>({ values, order }: Facet<Row>, rows: readonly Row[]): string[] {
  const found = new Set(rows.flatMap(values));
  return order ? order.filter((value) => found.has(value)) : [...found].sort(LETTERS.compare);
}

const LETTERS = new Intl.Collator("en", { numeric: true });

function sorted<Row>(rows: Row[], columns: readonly Column<Row>[], sort: string): Row[] {
  const column = columns.find((one) => one.key === sort.replace(/^-/, ""));
  if (!column) return rows;
  const sign = sort.startsWith("-") ? -1 : 1;
  const order = column.order ?? column.value;
  return rows
    .map((row) => [order(row), row] as const)
    .sort(([a], [b]) => (a === "" || b === "" ? Number(a === "") - Number(b === "") : sign * compared(a, b)))
    .map(([, row]) => row);
}

const compared = (a: Cell, b: Cell): number => (typeof a === "number" && typeof b === "number" ? a - b : LETTERS.compare(String(a), String(b)));
