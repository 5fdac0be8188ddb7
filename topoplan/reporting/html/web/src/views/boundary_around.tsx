// What lies around a boundary: remarks, journeys, change, and the boundaries beside it.
import type { Data } from "../data";
import { Rows } from "../parts/facts";
import { Listed } from "../parts/listed";
import { Section } from "../parts/section";
import { Level, Risk } from "../parts/signs";
import { ranking, worstUrgency } from "../ranking";
import { href } from "../route";
import type { Boundary, ChangeRate, ServiceHistory } from "../schema";
import { day, dotted, nameOf, number, pairOf, percent, viaOf } from "../words";

interface Props {
  data: Data;
  boundary: Boundary;
}

export function Remarks({ data, boundary }: Props) {
  const { report } = data;
  const journeys = report.journeys.filter((one) => one.boundaries.includes(boundary.id));
  const subjects = new Set([boundary.id, ...(data.tests.get(boundary.id) ?? []).map((test) => test.id)]);
  const ends = new Set([boundary.consumer, boundary.provider]);
  const lines = [
    ...report.topology.drift.filter((one) => one.subject === boundary.id).map((one) => ["drift", dotted([one.operation, one.message || one.kind])]),
    ...report.coverage.findings
      .filter((one) => one.boundary === boundary.id)
      .map((one) => [one.kind, dotted([one.message, one.operation, [one.where, one.other].filter(Boolean).join(" and ")])]),
    ...report.plan.observations.filter((one) => subjects.has(one.subject)).map((one) => [one.kind, `${one.message} → ${one.advice}`]),
    ...report.topology.suggestions
      .filter((one) => ends.has(one.consumer) && ends.has(one.provider))
      .map((one) => ["suggestion", `${pairOf(data, one)} ${viaOf(one)}: on evidence too weak to be drawn (${one.evidence[0]?.where ?? "no place"})`]),
  ];
  return (
    <>
      {journeys.length > 0 && (
        <Section title="Journeys through it" beside={number(journeys.length)}>
          <Listed items={journeys}>
            {(one) => (
              <>
                <strong>{one.name}</strong> <span class="faint">{data.extras.journeys[one.name]}</span>
                <div>{one.services.map((service) => nameOf(data, service)).join(" → ")}</div>
              </>
            )}
          </Listed>
        </Section>
      )}
      {lines.length > 0 && (
        <Section title="Worth knowing" beside={number(lines.length)}>
          <Listed items={lines}>
            {([kind, text]) => (
              <>
                <strong>{kind}:</strong> {text}
              </>
            )}
          </Listed>
        </Section>
      )}
      <Change data={data} boundary={boundary} />
    </>
  );
}

function Change({ data, boundary }: Props) {
  const { history } = data.report;
  const ends = [...new Set([boundary.consumer, boundary.provider])];
  const found = ends.flatMap((end) => history.services.find((one) => one.service === end) ?? []);
  const rows = found.flatMap((one) => [rate(data, one, "code"), rate(data, one, "interface")].filter((row) => row !== null));
  const breaking = found.flatMap((one) => one.breaking.map((each) => ({ ...each, service: one.service })));
  if (!rows.length && !breaking.length) return null;
  return (
    <Section title="Change" beside={`${day(history.since)} to ${day(history.until)}, bots excluded`}>
      {rows.length > 0 && (
        <Rows
          caption="How often both ends change"
          head={[
            { title: "Service" },
            { title: "What" },
            { title: "Commits", figure: true },
            { title: "Fixes", figure: true },
            { title: "Authors", figure: true },
            { title: "Lines changed", figure: true },
            { title: "Of its size lately", figure: true },
            { title: "Last change" },
          ]}
          rows={rows}
        />
      )}
      {breaking.length > 0 && <h3>Incompatible steps of the interfaces</h3>}
      <Listed items={breaking}>
        {(one) => (
          <>
            {nameOf(data, one.service)}: {one.kind} <code>{one.operation}</code> {one.detail}{" "}
            <span class="place">{dotted([one.where, one.commit.slice(0, 10), day(one.time)])}</span>
          </>
        )}
      </Listed>
    </Section>
  );
}

function rate(data: Data, history: ServiceHistory, what: "code" | "interface") {
  const found: ChangeRate | null = history[what];
  if (!found) return null;
  const figures = [found.commits, found.fix_commits, found.authors, found.lines_changed].map(number);
  return [nameOf(data, history.service), what, ...figures, percent(found.relative_churn, 1), day(found.last_changed) || "n/a"];
}

export function Neighbours({ data, boundary }: Props) {
  const { consumer, provider, id } = boundary;
  const [from, to] = [nameOf(data, consumer), nameOf(data, provider)];
  const others = ranking(data).filter((row) => row.boundary.id !== id);
  const groups = [
    { title: "Between the same two", rows: others.filter(({ boundary: one }) => both(one, consumer, provider)) },
    { title: `${from} depends on`, rows: others.filter(({ boundary: one }) => one.consumer === consumer && !both(one, consumer, provider)) },
    { title: `Depends on ${from}`, rows: others.filter(({ boundary: one }) => one.provider === consumer && !both(one, consumer, provider)) },
    { title: `Also depends on ${to}`, rows: others.filter(({ boundary: one }) => one.provider === provider && !both(one, consumer, provider)) },
    { title: `${to} depends on`, rows: others.filter(({ boundary: one }) => one.consumer === provider && !both(one, consumer, provider)) },
  ].filter(({ rows }) => rows.length);
  if (!groups.length) return null;
  return (
    <Section title="Neighbours">
      <div class="neighbours">
        {groups.map(({ title, rows }) => (
          <div key={title}>
            <h3>{title}</h3>
            <Listed items={rows} most={8}>
              {(row) => (
                <>
                  <a href={href({ boundary: row.boundary.id })}>{row.pair}</a> <span class="faint">{viaOf(row.boundary)}</span>{" "}
                  <Risk data={data} score={row.score} /> {row.gaps.length > 0 && <Level level={worstUrgency(row.gaps)} />}
                </>
              )}
            </Listed>
          </div>
        ))}
      </div>
    </Section>
  );
}

const both = (one: Boundary, a: string, b: string): boolean => (one.consumer === a && one.provider === b) || (one.consumer === b && one.provider === a);
