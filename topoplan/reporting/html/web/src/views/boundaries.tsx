// All boundaries as a table, or one of them in full.
import { useMemo } from "preact/hooks";
import type { Data } from "../data";
import { chipRank, Chips, chipText } from "../parts/chips";
import { Empty, Section } from "../parts/section";
import { Level, Risk } from "../parts/signs";
import { type Column, type Facet, Table } from "../parts/table";
import { endNames, type Ranked, ranking, URGENCIES, urgencyRank, worstUrgency } from "../ranking";
import { href, type Route } from "../route";
import type { ViewProps } from "../view";
import { bandOf, dotted, latency, number, percent, techniqueName, viaOf } from "../words";
import { BoundaryDetail } from "./boundary_detail";

export function Boundaries({ data, route }: ViewProps) {
  const id = route["boundary"];
  return id === undefined ? <All data={data} route={route} /> : <BoundaryDetail key={id} data={data} id={id} />;
}

function All({ data, route }: ViewProps) {
  const rows = ranking(data);
  const columns = useMemo(() => columnsOf(data), [data]);
  const styles = Object.entries(data.report.summary.boundaries).flatMap(([style, count]) => (count ? [`${number(count)} ${style}`] : []));
  if (!rows.length) return <Section title="Boundaries"><Empty>No service was found to depend on another.</Empty></Section>;
  return (
    <Section title="Boundaries" beside={dotted(styles)}>
      <Table
        name="boundaries"
        system={data.report.system}
        caption="Boundaries, riskiest first"
        noun="boundary"
        nouns="boundaries"
        rows={rows}
        columns={columns}
        keyOf={(row) => row.boundary.id}
        hidden={(row) => hiddenWords(data, row)}
        route={route}
        facets={facetsOf(data, route)}
      />
    </Section>
  );
}

const hiddenWords = (data: Data, { boundary, gaps }: Ranked): string =>
  [boundary.id, endNames(data, boundary), ...boundary.operations.map((one) => one.id), ...gaps.map((gap) => gap.next_step)].join(" ");

function columnsOf(data: Data): Column<Ranked>[] {
  const errors = ({ boundary: { stats } }: Ranked) => (stats?.calls ? Math.round((10_000 * stats.errors) / stats.calls) / 100 : "");
  return [
    {
      key: "boundary",
      title: "Boundary",
      room: "much",
      value: (row) => row.pair,
      show: (row) => <a href={href({ boundary: row.boundary.id })}>{row.pair}</a>,
    },
    {
      key: "via",
      title: "Via",
      room: "some",
      value: ({ boundary }) => viaOf(boundary),
      show: ({ boundary }) => (
        <>
          {viaOf(boundary)} <span class="faint">{boundary.style}</span>
        </>
      ),
    },
    {
      key: "risk",
      title: "Risk",
      figure: true,
      value: (row) => row.score ?? "",
      show: (row) => <Risk data={data} score={row.score} />,
    },
    { key: "reason", title: "Main reason", room: "much", value: (row) => data.extras.reasons[row.boundary.id] ?? "" },
    {
      key: "tests",
      title: "Tests",
      value: (row) => chipText(data, row.coverage),
      order: (row) => chipRank(row.coverage),
      falling: true,
      show: (row) => <Chips data={data} coverage={row.coverage} gaps={row.gaps} />,
    },
    {
      key: "gap",
      title: "Worst gap",
      value: (row) => worstUrgency(row.gaps),
      order: (row) => (row.gaps.length ? urgencyRank(worstUrgency(row.gaps)) : ""),
      falling: true,
      show: (row) => (row.gaps.length ? <Level level={worstUrgency(row.gaps)} /> : <span class="faint">none open</span>),
    },
    {
      key: "basis",
      title: "Evidence",
      value: ({ boundary }) => boundary.basis,
      show: ({ boundary }) => <span title={data.extras.bases[boundary.basis]}>{boundary.basis}</span>,
    },
    { key: "confidence", title: "Confidence", value: ({ boundary }) => boundary.confidence, order: ({ boundary }) => urgencyRank(boundary.confidence), falling: true },
    { key: "calls", title: "Calls", figure: true, value: ({ boundary }) => boundary.stats?.calls ?? "", show: ({ boundary: { stats } }) => (stats ? number(stats.calls) : <Unknown />) },
    {
      key: "errors",
      title: "Errors %",
      figure: true,
      value: errors,
      show: ({ boundary: { stats } }) => (stats ? percent(stats.errors, stats.calls) : <Unknown />),
    },
    {
      key: "p99",
      title: "p99 ms",
      figure: true,
      value: ({ boundary }) => boundary.stats?.p99_ms ?? "",
      show: ({ boundary: { stats } }) => (stats?.p99_ms != null ? latency(stats.p99_ms) : <Unknown />),
    },
    { key: "owner", title: "Provider's owner", value: (row) => row.owner },
  ];
}

const Unknown = () => (
  <span class="faint" title="no traffic observed">
    n/a
  </span>
);

function facetsOf(data: Data, route: Route): Facet<Ranked>[] {
  const technique = route["technique"];
  const bands = data.extras.bands.map((band) => band.name);
  return [
    {
      key: "technique",
      title: "Technique",
      values: (row) => row.coverage?.techniques.map((one) => one.technique) ?? [],
      order: Object.keys(data.extras.techniques),
      label: techniqueName,
    },
    {
      key: "state",
      title: "State",
      // Of the technique that is chosen, else of any.
      values: (row) => row.coverage?.techniques.filter((one) => !technique || one.technique === technique).map((one) => one.state) ?? [],
      order: Object.keys(data.extras.states),
    },
    { key: "urgency", title: "Worst gap", values: (row) => (row.gaps.length ? [worstUrgency(row.gaps)] : ["none"]), order: [...URGENCIES, "none"] },
    { key: "style", title: "Style", values: (row) => [row.boundary.style] },
    { key: "owner", title: "Owner", values: (row) => (row.owner ? [row.owner] : []) },
    { key: "risk", title: "Risk", values: (row) => (row.score === undefined ? [] : [bandOf(data, row.score)]), order: bands },
    { key: "basis", title: "Evidence", values: (row) => [row.boundary.basis], label: (basis) => data.extras.bases[basis] ?? basis },
  ];
}
