// The tests of one boundary: those recommended, those that exist, and those not worth writing.
import type { Data } from "../data";
import { Listed } from "../parts/listed";
import { Empty, Section } from "../parts/section";
import { State } from "../parts/signs";
import type { Ranked } from "../ranking";
import { href } from "../route";
import type { Case, Claim, Recommendation, Scope, TechniqueCoverage } from "../schema";
import { day, dotted, duration, hours, nameOf, number, percent, techniqueName } from "../words";

interface Props {
  data: Data;
  row: Ranked;
}

export function Recommended({ data, row: { boundary } }: Props) {
  const tests = data.tests.get(boundary.id) ?? [];
  return (
    <Section title="Recommended tests" beside={number(tests.length)}>
      {tests.length ? tests.map((test) => <Test key={test.id} data={data} test={test} />) : <Empty>No test is recommended here: not applicable, which is not the same as covered.</Empty>}
    </Section>
  );
}

function Test({ data, test }: { data: Data; test: Recommendation }) {
  const retires = `retires ${percent(test.risk_retired, data.report.plan.total_risk)} of all risk`;
  const cost = `${hours(test.hours)} to write, ${duration(test.seconds)} a run`;
  const journey = test.journey && !test.title.includes(test.journey) ? `journey ${test.journey}` : "";
  return (
    <article class="test">
      <h3>
        <a href={href({ view: "plan", test: test.id })}>{test.title}</a> <State data={data} state={data.extras.standings[test.id] ?? "unknown"} />
      </h3>
      <p class="faint">
        {dotted([techniqueName(test.technique), retires, cost, test.modes.length ? `for ${test.modes.join(", ")}` : "", journey, test.pinned ? "pinned" : ""])}
      </p>
      <p>{test.reason}</p>
      <Listed items={test.cases}>{(one: Case) => <CaseLine one={one} />}</Listed>
      <ScopeLine data={data} scope={test.scope} />
    </article>
  );
}

const CaseLine = ({ one }: { one: Case }) => (
  <>
    {caseText(one)} {one.scenario && <span class="faint">({one.scenario})</span>}
  </>
);

export const caseText = (one: Case): string => (one.expect ? `${one.title}: ${one.expect}` : one.title);

/** `real: orders, orders-db (postgres:16) · stubbed: users (spec users.yaml)`; empty without a scope. */
export function scopeText(data: Data, scope: Scope): string {
  const real = [...scope.services.map((service) => nameOf(data, service)), ...scope.resources].join(", ");
  const stubs = scope.stubs.map((stub) => `${nameOf(data, stub.service)} (${stub.source})`).join(", ");
  return dotted([real && `real: ${real}`, stubs && `stubbed: ${stubs}`]);
}

function ScopeLine({ data, scope }: { data: Data; scope: Scope }) {
  const told = scopeText(data, scope);
  return told ? <p class="scope">{told}</p> : null;
}

export function Existing({ data, row: { coverage } }: Props) {
  const techniques = coverage?.techniques ?? [];
  if (!techniques.length) return null;
  const count = techniques.reduce((sum, one) => sum + one.claims.length, 0);
  return (
    <Section title="Tests that exist" beside={number(count)}>
      {techniques.map((one) => (
        <Technique key={one.technique} data={data} found={one} />
      ))}
    </Section>
  );
}

function Technique({ data, found }: { data: Data; found: TechniqueCoverage }) {
  return (
    <>
      <h3>
        {data.extras.techniques[found.technique]?.title} <State data={data} state={found.state} />{" "}
        {found.share > 0 && found.share < 1 && <span class="faint">{percent(found.share, 1)} proven</span>}
      </h3>
      {found.state === "unknown" && <Empty>Nothing was read that could tell of such tests.</Empty>}
      <Listed items={found.claims}>{(claim: Claim) => <ClaimLines claim={claim} />}</Listed>
    </>
  );
}

const ClaimLines = ({ claim }: { claim: Claim }) => (
  <>
    {claim.check} <strong>{claim.stale ? `${claim.grade}, stale` : claim.grade}:</strong> {claim.reason}{" "}
    <span class="place">{dotted([claim.evidence.where, day(claim.time)])}</span>
    {claim.operations.length > 0 && <div class="faint">for {claim.operations.join(", ")}</div>}
    {claim.remedy && <div>→ {claim.remedy}</div>}
  </>
);

export function NotChosen({ data, row: { boundary } }: Props) {
  const skips = data.report.plan.skips.filter((skip) => skip.subject === boundary.id);
  const lines = new Map<string, [string, string]>();
  for (const test of data.tests.get(boundary.id) ?? [])
    for (const other of test.alternatives) lines.set(`${other.technique} ${other.reason}`, [techniqueName(other.technique), other.reason]);
  for (const skip of skips) lines.set(`${skip.technique} ${skip.reason}`, [techniqueName(skip.technique) || "any test", skip.reason]);
  if (!lines.size) return null;
  return (
    <Section title="Not chosen" beside={number(lines.size)}>
      <Listed items={[...lines.values()]}>
        {([technique, reason]) => (
          <>
            <strong>{technique}:</strong> {reason}
          </>
        )}
      </Listed>
    </Section>
  );
}
