// One recommended test: why, what to check, what is real, what it is not.
import type { Data } from "../data";
import { copy, markdownText } from "../handing";
import { Facts } from "../parts/facts";
import { Section } from "../parts/section";
import { Chip, Level, State } from "../parts/signs";
import { tell } from "../parts/told";
import { href } from "../route";
import type { Case, Scope } from "../schema";
import { decimal, duration, hours, nameOf, number, percent, techniqueName, testTitle } from "../words";
import { BoundaryLinks, type Placed } from "./plan";

interface Props {
  data: Data;
  row: Placed;
}

/** Of what stands inside a test: one level below its title. */
type Heading = "h3" | "h4";

/** The test on a page of its own, with its neighbours in the plan. */
export function TestPage({ data, rows, id }: { data: Data; rows: readonly Placed[]; id: string }) {
  const at = rows.findIndex((row) => row.test.id === id);
  const row = rows[at];
  if (!row) return <Unknown data={data} id={id} />;
  const [before, after] = [rows[at - 1], rows[at + 1]];
  const copied = async () => tell((await copy(ticket(data, row))) ? "Copied as Markdown" : "The browser did not let the page copy");
  return (
    <Section title={row.test.title} beside={<State data={data} state={row.state} />}>
      <nav class="tools" aria-label="Tests in the order of the plan">
        <a href={href({ view: "plan" })}>The plan</a>
        {before ? <a href={href({ view: "plan", test: before.test.id })}>← before</a> : <span class="faint">← before</span>}
        <span class="faint">
          {number(row.place)} of {number(rows.length)}
        </span>
        {after ? <a href={href({ view: "plan", test: after.test.id })}>next →</a> : <span class="faint">next →</span>}
        <span class="spread" />
        <button type="button" onClick={copied}>
          Copy as Markdown
        </button>
      </nav>
      <Details data={data} row={row} heading="h3" />
    </Section>
  );
}

function Unknown({ data, id }: { data: Data; id: string }) {
  return (
    <Section title="Test not found">
      <p>
        This plan holds no test <code>{id || "without a name"}</code>. {data.extras.reduced || "The link may be of another version of the plan, or may have been cut."}
      </p>
      <p>
        <a href={href({ view: "plan" })}>The plan</a>
      </p>
    </Section>
  );
}

/** The test among others. */
export function Test({ data, row }: Props) {
  return (
    <article class="test">
      <h3>
        {row.place}. {row.test.title} <State data={data} state={row.state} />
      </h3>
      <Details data={data} row={row} heading="h4" />
    </article>
  );
}

function Details({ data, row: { place, test, state }, heading: Heading }: Props & { heading: Heading }) {
  const { tests, total_risk } = data.report.plan;
  const gap = data.report.gaps.open.find((one) => one.test === test.id);
  return (
    <>
      <Facts
        rows={[
          ["Kind", [<Chip data={data} technique={test.technique} state={state} />, testTitle(data, test.technique)]],
          [test.boundaries.length > 1 ? "Boundaries" : "Boundary", [<BoundaryLinks data={data} ids={test.boundaries} />]],
          ...(test.journey ? [["Journey", [test.journey]] as const] : []),
          ["Retires", [`${percent(test.risk_retired, total_risk)} of all risk (${decimal(test.risk_retired)})`, `for ${test.modes.join(", ") || "no mode"}`]],
          ["Takes", [`${hours(test.hours)} to write`, `${duration(test.seconds)} a run`]],
          ["Place", [`${number(place)} of ${number(tests.length)}`, ...(test.pinned ? ["asked for by the team"] : [])]],
          ["Why", [test.reason]],
          ...(gap
            ? [
                ["Open", [<Level level={gap.urgency} />, gap.reason, `${decimal(gap.open_risk)} of risk open`]] as const,
                ["To do", [gap.next_step]] as const,
              ]
            : []),
          ...real(data, test.scope),
          ["Id", [<code>{test.id}</code>]],
        ]}
      />
      <Cases cases={test.cases} heading={Heading} />
      {test.alternatives.length > 0 && (
        <>
          <Heading>Considered and not chosen</Heading>
          <ul class="listed">
            {test.alternatives.map((one) => (
              <li>
                <strong>{techniqueName(one.technique)}:</strong> {one.reason}
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

function real(data: Data, scope: Scope): (readonly [string, string[]])[] {
  const found = [...scope.services.map((service) => nameOf(data, service)), ...scope.resources];
  const stubs = scope.stubs.map((stub) => `${nameOf(data, stub.service)} (${stub.source})`);
  return ([["Real", found], ["Stubbed", stubs]] as const).filter(([, words]) => words.length);
}

function Cases({ cases, heading: Heading }: { cases: readonly Case[]; heading: Heading }) {
  if (!cases.length) return null;
  return (
    <>
      <Heading>
        Cases to check <span class="faint">{number(cases.length)}</span>
      </Heading>
      <ul class="checks">
        {cases.map((one) => (
          <li>
            {one.title}
            {one.expect && <span class="faint">: {one.expect}</span>}
            {one.operation && !one.title.includes(one.operation) && (
              <>
                {" "}
                <code>{one.operation}</code>
              </>
            )}
            {one.scenario && <span class="faint"> ({one.scenario})</span>}
          </li>
        ))}
      </ul>
    </>
  );
}

/** A ticket: the test, why, and its cases as a task list. */
function ticket(data: Data, { test, state }: Placed): string {
  const cases = test.cases.map((one) => `- [ ] ${markdownText(one.expect ? `${one.title}: ${one.expect}` : one.title)}`);
  const scope = real(data, test.scope).map(([label, words]) => `${label}: ${words.map(markdownText).join(", ")}`);
  const cost = `${percent(test.risk_retired, data.report.plan.total_risk)} of all risk, ${hours(test.hours)} to write, ${duration(test.seconds)} a run; ${state}`;
  return [`### ${markdownText(test.title)}`, "", markdownText(test.reason), "", cost, "", ...cases, "", ...scope].join("\n").trimEnd() + "\n";
}
