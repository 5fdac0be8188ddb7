// What is not tested that should be: open gaps, what was accepted, and how much is covered.
import { useMemo, useState } from "preact/hooks";
import type { Data } from "../data";
import { Facts, Rows } from "../parts/facts";
import { Listed } from "../parts/listed";
import { Empty, Section } from "../parts/section";
import { Level, State } from "../parts/signs";
import { type Column, type Facet, Table } from "../parts/table";
import { ownersOf, reasonOf, URGENCIES, urgencyRank } from "../ranking";
import { href } from "../route";
import type { Accepted as Entry, Gap, Missing, Tally } from "../schema";
import type { ViewProps } from "../view";
import { dotted, number, pairOf, percent, techniqueName, testTitle, viaOf } from "../words";
import { checkItem } from "./boundary_ticket";

const MOST_OPERATIONS = 5;

export function Gaps({ data, route }: ViewProps) {
  const { gaps, coverage } = data.report;
  const columns = useMemo(() => columnsOf(data), [data]);
  return (
    <>
      <Section title="Gaps">
        <Facts rows={data.extras.gapFacts.map(([label, text]) => [label, [text]] as const)} />
      </Section>
      <Section title="Open gaps" beside={`most open risk first${gaps.against && ", new ones only"}`}>
        {gaps.open.length ? (
          <Table
            name="gaps"
            system={data.report.system}
            caption="Open gaps, most open risk first"
            noun="gap"
            rows={gaps.open}
            columns={columns}
            keyOf={(gap) => gap.test}
            hidden={(gap) => [gap.title, gap.boundary, ...gap.missing.map((one) => one.operation)].join(" ")}
            route={route}
            facets={facetsOf(data)}
            copies={[{ title: "Copy as check list", text: (rows) => checkList(data, rows) }]}
          />
        ) : (
          <Empty>No gap is open: {data.extras.gapFacts.find(([label]) => label === "Gaps")?.[1]}.</Empty>
        )}
      </Section>
      <Tallies data={data} />
      <Accepted data={data} />
      {coverage.findings.length > 0 && (
        <Section title="About the evidence" beside={number(coverage.findings.length)}>
          <Listed items={coverage.findings}>
            {(one) => (
              <>
                {one.message} <span class="faint">{one.kind}</span> <span class="place">{[one.where, one.other].filter(Boolean).join(" and ")}</span>
              </>
            )}
          </Listed>
        </Section>
      )}
    </>
  );
}

const pairAt = (data: Data, gap: Gap): string => {
  const boundary = data.boundaries.get(gap.boundary);
  return boundary ? pairOf(data, boundary) : gap.boundary;
};

function columnsOf(data: Data): Column<Gap>[] {
  const total = data.report.gaps.total_risk;
  const via = (gap: Gap): string => {
    const boundary = data.boundaries.get(gap.boundary);
    return boundary ? viaOf(boundary) : "";
  };
  return [
    { key: "urgency", title: "Urgency", value: (gap) => gap.urgency, order: (gap) => urgencyRank(gap.urgency), falling: true, show: (gap) => <Level level={gap.urgency} /> },
    {
      key: "test",
      title: "Test",
      room: "some",
      value: (gap) => testTitle(data, gap.technique),
      show: (gap) => (
        <a href={href({ view: "plan", test: gap.test })} title={gap.title}>
          {testTitle(data, gap.technique)}
        </a>
      ),
    },
    {
      key: "boundary",
      title: "Boundary",
      room: "much",
      value: (gap) => dotted([pairAt(data, gap), via(gap)]),
      show: (gap) => (
        <>
          <a href={href({ boundary: gap.boundary })}>{pairAt(data, gap)}</a> <span class="faint">{via(gap)}</span>
        </>
      ),
    },
    { key: "state", title: "State", value: (gap) => gap.state, show: (gap) => <State data={data} state={gap.state} /> },
    { key: "missing", title: "Missing", room: "much", value: (gap) => missing(gap).map((one) => `${one.operation} (${one.state})`).join(", "), show: (gap) => <Operations gap={gap} /> },
    { key: "reason", title: "Why it is open", room: "much", value: reasonOf },
    { key: "next", title: "Next step", room: "much", value: (gap) => gap.next_step },
    {
      key: "risk",
      title: "Risk open",
      figure: true,
      value: (gap) => gap.open_risk,
      show: (gap) => <span title={`${gap.open_risk} of ${total}`}>{percent(gap.open_risk, total)}</span>,
    },
  ];
}

const missing = (gap: Gap): Missing[] => gap.missing.filter((one) => one.operation);

function Operations({ gap }: { gap: Gap }) {
  const found = missing(gap);
  if (!found.length) return <span class="faint">the boundary as a whole</span>;
  return (
    <Listed items={found} most={MOST_OPERATIONS} class="plain">
      {(one) => (
        <>
          <code>{one.operation}</code> {one.state !== gap.state && <span class="faint">{one.state}</span>}
        </>
      )}
    </Listed>
  );
}

function facetsOf(data: Data): Facet<Gap>[] {
  const owners = (gap: Gap): string[] => {
    const boundary = data.boundaries.get(gap.boundary);
    return boundary ? ownersOf(data, boundary) : [];
  };
  return [
    { key: "urgency", title: "Urgency", values: (gap) => [gap.urgency], order: URGENCIES },
    { key: "technique", title: "Technique", values: (gap) => [gap.technique], order: Object.keys(data.extras.techniques), label: techniqueName },
    { key: "state", title: "State", values: (gap) => [gap.state], order: Object.keys(data.extras.states) },
    { key: "owner", title: "Owner", values: owners },
  ];
}

const checkList = (data: Data, gaps: readonly Gap[]): string => gaps.flatMap((gap) => checkItem(data, gap, pairAt(data, gap))).join("\n") + "\n";

function Tallies({ data }: { data: Data }) {
  const [all, ...each] = data.report.gaps.tallies;
  if (!all || !each.length) return null;
  return (
    <Section title="Covered, by technique" beside="covered of recommended; n/a where nothing is recommended">
      <Rows
        caption="Covered, by technique"
        head={[
          { title: "Technique" },
          { title: "Tests", figure: true },
          { title: "Boundaries", figure: true },
          { title: "Operations", figure: true },
          { title: "Consumer calls", figure: true },
          { title: "Risk", figure: true },
        ]}
        rows={[...each, all].map((one) => tallyRow(data, one))}
      />
    </Section>
  );
}

function tallyRow(data: Data, tally: Tally) {
  const title = tally.technique ? (data.extras.techniques[tally.technique]?.title ?? tally.technique) : "All";
  const unknown = tally.technique && !data.report.coverage.read.includes(tally.technique);
  const ratios = [tally.tests, tally.boundaries, tally.operations, tally.calls].map(({ covered, total }) =>
    total ? `${number(covered)} of ${number(total)}` : "n/a",
  );
  return [
    <>
      {title} {unknown && <span class="faint">unknown: nothing read could tell</span>}
    </>,
    ...ratios,
    percent(tally.risk_retired, tally.risk_retirable),
  ];
}

function Accepted({ data }: { data: Data }) {
  const { accepted, stale_baseline: stale } = data.report.gaps;
  const titles = useMemo(() => new Map(data.report.plan.tests.map((test) => [test.id, test.title])), [data]);
  if (!accepted.length && !stale.length) return null;
  return (
    <Section title="Accepted gaps" beside={number(accepted.length)}>
      {accepted.length > 0 && <Entries entries={accepted} titles={titles} />}
      {stale.length > 0 && (
        <>
          <h3>Closed, still in the baseline</h3>
          <Listed items={stale}>{(one) => <code>{one}</code>}</Listed>
        </>
      )}
    </Section>
  );
}

const MOST_ENTRIES = 50;

function Entries({ entries, titles }: { entries: readonly Entry[]; titles: ReadonlyMap<string, string> }) {
  const [all, setAll] = useState(false);
  const shown = all ? entries : entries.slice(0, MOST_ENTRIES);
  return (
    <>
      <Rows
        caption="Accepted gaps"
        head={[{ title: "Test" }, { title: "Operation" }, { title: "Accepted by" }, { title: "Until" }, { title: "Reason" }]}
        rows={shown.map((one) => [
          <a href={href({ view: "plan", test: one.test })}>{titles.get(one.test) ?? one.test}</a>,
          one.operation ? <code>{one.operation}</code> : <span class="faint">as a whole</span>,
          one.by,
          one.until || <span class="faint">no end</span>,
          one.reason || <span class="faint">none given</span>,
        ])}
      />
      {shown.length < entries.length && (
        <p class="more">
          <button type="button" onClick={() => setAll(true)}>
            Show {number(entries.length - shown.length)} more
          </button>
        </p>
      )}
    </>
  );
}
