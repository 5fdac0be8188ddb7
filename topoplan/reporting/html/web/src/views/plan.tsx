// Which tests to write, in which order, and what they bring.
import { useMemo } from "preact/hooks";
import type { Data } from "../data";
import { Curve } from "../parts/curve";
import { Facts, Rows } from "../parts/facts";
import { usePrinting } from "../parts/printing";
import { Pyramid } from "../parts/pyramid";
import { Empty, Section } from "../parts/section";
import { State } from "../parts/signs";
import { type Column, type Facet, Table } from "../parts/table";
import { href, type Route } from "../route";
import type { Observation, Recommendation, Skip } from "../schema";
import { counted, duration, hours, nameOf, number, pairOf, percent, techniqueName, testTitle } from "../words";
import type { ViewProps } from "../view";
import { TestPage, Test } from "./plan_test";

export interface Placed {
  /** In the order of the plan, from 1. */
  place: number;
  test: Recommendation;
  state: string;
}

const IN_FULL = 20;

export function Plan({ data, route }: ViewProps) {
  const rows = useMemo(() => placed(data), [data]);
  const id = route["test"];
  if (id !== undefined) return <TestPage data={data} rows={rows} id={id} />;
  return (
    <>
      <Section title="Plan">
        <Facts rows={data.extras.plan.facts} />
      </Section>
      {rows.length > 0 && (
        <div class="halves">
          <Section title="Risk retired against hours">
            <Curve data={data} />
          </Section>
          <div>
            <Section title="Budgets">
              <Budgets data={data} />
            </Section>
            <Section title="Pyramid of tests, in cases">
              <Pyramid levels={data.report.plan.pyramid} words={data.extras.plan.pyramid} />
            </Section>
          </div>
        </div>
      )}
      <Observations data={data} />
      <Tests data={data} rows={rows} route={route} />
      <InFull data={data} rows={rows} route={route} />
      <Skips data={data} route={route} />
    </>
  );
}

function placed(data: Data): Placed[] {
  return data.report.plan.tests.map((test, at) => ({ place: at + 1, test, state: data.extras.standings[test.id] ?? "unknown" }));
}

interface TestsProps {
  data: Data;
  rows: readonly Placed[];
  route: Route;
}

const journey: Column<Placed> = { key: "journey", title: "Journey", value: ({ test }) => test.journey };

function Tests({ data, rows, route }: TestsProps) {
  const total = data.report.plan.total_risk;
  const states = Object.keys(data.extras.states);
  const columns: Column<Placed>[] = [
    { key: "place", title: "Place", value: ({ place }) => place, figure: true },
    {
      key: "title",
      title: "Test",
      room: "much",
      value: ({ test }) => test.title,
      show: ({ test }) => (
        <>
          <a href={href({ view: "plan", test: test.id })}>{test.title}</a>
          {test.pinned && <span class="faint"> (pinned)</span>}
        </>
      ),
    },
    {
      key: "technique",
      title: "Kind",
      room: "word",
      value: ({ test }) => testTitle(data, test.technique),
      show: ({ test }) => `${data.extras.techniques[test.technique]?.sign} ${techniqueName(test.technique)}`,
    },
    {
      key: "state",
      title: "State",
      value: ({ state }) => state,
      order: ({ state }) => states.indexOf(state),
      show: ({ state }) => <State data={data} state={state} />,
    },
    {
      key: "boundaries",
      title: "Boundaries",
      room: "much",
      value: ({ test }) => test.boundaries.map((id) => nameOfBoundary(data, id)).join(", "),
      show: ({ test }) => <BoundaryLinks data={data} ids={test.boundaries} most={3} />,
    },
    { key: "risk", title: "Of the risk", value: ({ test }) => percent(test.risk_retired, total), order: ({ test }) => test.risk_retired, figure: true },
    { key: "hours", title: "To write", value: ({ test }) => hours(test.hours), order: ({ test }) => test.hours, figure: true },
    { key: "seconds", title: "A run", value: ({ test }) => duration(test.seconds), order: ({ test }) => test.seconds, figure: true },
    ...(rows.some(({ test }) => test.journey) ? [journey] : []),
  ];
  const facets: Facet<Placed>[] = [
    { key: "technique", title: "Kind", values: ({ test }) => [test.technique], label: (one) => testTitle(data, one), order: Object.keys(data.extras.techniques) },
    { key: "state", title: "State", values: ({ state }) => [state], order: states },
    { key: "journey", title: "Journey", values: ({ test }) => (test.journey ? [test.journey] : []) },
  ];
  return (
    <Section title="Tests in the order in which they are worth writing">
      {rows.length ? (
        <>
          <p class="faint">Pinned tests come first, then most risk retired per hour of writing.</p>
          <Table
            name="plan"
            system={data.report.system}
            caption="Recommended tests in the order of the plan"
            noun="test"
            rows={rows}
            columns={columns}
            keyOf={({ test }) => test.id}
            route={route}
            facets={facets}
            hidden={({ test }) => `${test.id} ${test.technique} ${test.modes.join(" ")}`}
          />
        </>
      ) : (
        <Empty>No test is recommended.</Empty>
      )}
    </Section>
  );
}

const nameOfBoundary = (data: Data, id: string): string => {
  const boundary = data.boundaries.get(id);
  return boundary ? pairOf(data, boundary) : id;
};

export function BoundaryLinks({ data, ids, most = Infinity }: { data: Data; ids: readonly string[]; most?: number }) {
  return (
    <>
      {ids.slice(0, most).map((id, at) => (
        <>
          {at > 0 && ", "}
          <a href={href({ boundary: id })}>{nameOfBoundary(data, id)}</a>
        </>
      ))}
      {ids.length > most && ` and ${ids.length - most} more`}
    </>
  );
}

/** On paper nothing can be opened: the first tests stand there with their cases. */
function InFull({ data, rows, route }: TestsProps) {
  if (!usePrinting(route)) return null;
  const shown = rows.slice(0, IN_FULL);
  if (!shown.length) return null;
  return (
    <Section title="Cases and scope" beside={shown.length < rows.length ? `the first ${shown.length} of ${counted(rows.length, "test")}` : undefined}>
      <div class="in-full">
        {shown.map((row) => (
          <Test key={row.test.id} data={data} row={row} />
        ))}
      </div>
    </Section>
  );
}

function Budgets({ data }: { data: Data }) {
  const { budgets } = data.extras.plan;
  if (!budgets.length) return <Empty>n/a</Empty>;
  return (
    <Rows
      caption="What budgets would buy"
      head={[{ title: "Budget", figure: true }, { title: "Tests", figure: true }, { title: "Risk retired", figure: true }, { title: "More than before", figure: true }]}
      rows={budgets.map(({ budget, tests, share, more }) => [budget, number(tests), share, more])}
    />
  );
}

function Observations({ data }: { data: Data }) {
  const found: readonly Observation[] = data.report.plan.observations;
  if (!found.length) return null;
  const subject = (id: string) => {
    if (data.boundaries.has(id)) return <BoundaryLinks data={data} ids={[id]} />;
    return data.extras.standings[id] ? <a href={href({ view: "plan", test: id })}>{id}</a> : id;
  };
  return (
    <Section title="What is off in the shape of the tests" beside={counted(found.length, "observation")}>
      <ul class="notices">
        {found.map((one) => (
          <li>
            {subject(one.subject)}: {one.message} <span class="faint">[{one.kind}]</span>
            <div class="faint">→ {one.advice}</div>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Skips({ data, route }: ViewProps) {
  const { skips } = data.report.plan;
  if (!skips.length) return null;
  const where = ({ subject }: Skip) => (data.services.has(subject) ? nameOf(data, subject) : nameOfBoundary(data, subject));
  const columns: Column<Skip>[] = [
    {
      key: "subject",
      title: "What",
      room: "much",
      value: where,
      show: (skip) => (data.boundaries.has(skip.subject) ? <a href={href({ boundary: skip.subject })}>{where(skip)}</a> : where(skip)),
    },
    { key: "technique", title: "Kind", room: "word", value: (skip) => (skip.technique ? testTitle(data, skip.technique) : "any test") },
    { key: "reason", title: "Why not", value: (skip) => skip.reason },
  ];
  return (
    <Section title="Not worth testing">
      <Table
        name="skips"
        prefix="skip-"
        system={data.report.system}
        caption="What is not worth testing, and why"
        noun="subject"
        rows={skips}
        columns={columns}
        keyOf={(skip) => `${skip.subject} ${skip.technique} ${skip.reason}`}
        route={route}
      />
    </Section>
  );
}
