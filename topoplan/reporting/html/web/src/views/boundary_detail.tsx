// Everything known of one boundary, on a page of its own that can be linked to.
import { copy } from "../handing";
import type { Data } from "../data";
import { Facts } from "../parts/facts";
import { Listed } from "../parts/listed";
import { Section } from "../parts/section";
import { Level, Risk, State } from "../parts/signs";
import { tell } from "../parts/told";
import { type Ranked, ranking, reasonOf } from "../ranking";
import { href } from "../route";
import type { Gap } from "../schema";
import { decimal, dotted, nameOf, number, pairOf, techniqueName, testTitle, traffic, viaOf } from "../words";
import { Existing, NotChosen, Recommended } from "./boundary_tests";
import { Evidence, Operations } from "./boundary_evidence";
import { Neighbours, Remarks } from "./boundary_around";
import { RiskOf } from "./boundary_risk";
import { ticket } from "./boundary_ticket";

export function BoundaryDetail({ data, id }: { data: Data; id: string }) {
  const order = ranking(data);
  const place = order.findIndex((row) => row.boundary.id === id);
  const row = order[place];
  if (!row) return <Unknown data={data} id={id} />;
  return (
    <>
      <Head data={data} row={row} place={place} order={order} />
      <ToDo gaps={row.gaps} data={data} />
      {row.profile && <RiskOf data={data} profile={row.profile} />}
      <Operations data={data} row={row} />
      <Recommended data={data} row={row} />
      <Existing data={data} row={row} />
      <Evidence data={data} boundary={row.boundary} />
      <NotChosen data={data} row={row} />
      <Remarks data={data} boundary={row.boundary} />
      <Neighbours data={data} boundary={row.boundary} />
    </>
  );
}

function Unknown({ data, id }: { data: Data; id: string }) {
  const suggested = data.report.topology.suggestions.find((one) => one.id === id);
  return (
    <Section title="Boundary not found">
      <p>
        This report holds no boundary <code>{id || "without a name"}</code>.
      </p>
      <p>
        {suggested
          ? `It is a suggestion (${pairOf(data, suggested)}): its evidence is too weak for it to be drawn, scored or tested.`
          : data.extras.reduced || "The link may be of another version of the system, or may have been cut."}
      </p>
      <p>
        <a href={href({ view: "boundaries" })}>All boundaries</a>
      </p>
    </Section>
  );
}

function Head({ data, row, place, order }: { data: Data; row: Ranked; place: number; order: readonly Ranked[] }) {
  const { boundary } = row;
  const [before, after] = [order[place - 1], order[place + 1]];
  const broker = boundary.broker && nameOf(data, boundary.broker);
  const end = (service: string) => <a href={href({ view: "graph", focus: service })}>{nameOf(data, service)}</a>;
  const kind = (service: string) => data.services.get(service)?.kind ?? "";
  const owner = (service: string) => data.services.get(service)?.owner ?? "";
  const copied = async () => tell((await copy(ticket(data, row))) ? "Copied as Markdown" : "The browser did not let the page copy");
  return (
    <Section title={row.pair} beside={<Risk data={data} score={row.score} />}>
      <nav class="tools" aria-label="Boundaries in the order of their risk">
        <a href={href({ view: "boundaries" })}>All boundaries</a>
        {before ? <a href={href({ boundary: before.boundary.id })}>← riskier</a> : <span class="faint">← riskier</span>}
        <span class="faint">
          {number(place + 1)} of {number(order.length)}
        </span>
        {after ? <a href={href({ boundary: after.boundary.id })}>less risky →</a> : <span class="faint">less risky →</span>}
        <span class="spread" />
        <a href={href({ view: "matrix", boundary: boundary.id })}>In the matrix</a>
        <button type="button" onClick={copied}>
          Copy as Markdown
        </button>
      </nav>
      <Facts
        rows={[
          ["Consumer", [end(boundary.consumer), kind(boundary.consumer), owner(boundary.consumer)].filter(Boolean)],
          ["Provider", [end(boundary.provider), kind(boundary.provider), owner(boundary.provider)].filter(Boolean)],
          ["Via", [boundary.style, viaOf(boundary), broker && `on ${broker}`].filter(Boolean)],
          ["Basis", [data.extras.bases[boundary.basis] ?? boundary.basis, `${boundary.confidence} confidence`]],
          ["Traffic", [traffic(boundary.stats)]],
          ["Tests", states(data, row)],
          ["Id", [<code>{boundary.id}</code>]],
        ]}
      />
    </Section>
  );
}

function states(data: Data, { coverage }: Ranked) {
  const found = coverage?.techniques ?? [];
  if (!found.length) return ["no technique makes sense here, and none is claimed"];
  return found.map((one) => (
    <>
      {techniqueName(one.technique)} <State data={data} state={one.state} />
    </>
  ));
}

function ToDo({ data, gaps }: { data: Data; gaps: readonly Gap[] }) {
  if (!gaps.length) return null;
  return (
    <Section title="To do" beside={dotted([`${number(gaps.length)} open`])}>
      <Listed items={gaps}>
        {(gap) => (
          <>
            <Level level={gap.urgency} /> <strong>{testTitle(data, gap.technique)}</strong> <State data={data} state={gap.state} /> {gap.next_step}
            <div class="faint">
              {dotted([reasonOf(gap), `${decimal(gap.open_risk)} of risk open`, gap.where ? `declared at ${gap.where}` : ""])}
            </div>
            <Missing gap={gap} />
          </>
        )}
      </Listed>
    </Section>
  );
}

function Missing({ gap }: { gap: Gap }) {
  const named = gap.missing.filter((one) => one.operation);
  if (!named.length) return null;
  return (
    <Listed items={named} class="words" most={10}>
      {(one) => (
        <>
          <code>{one.operation}</code> <span class="faint">{one.state}</span>
        </>
      )}
    </Listed>
  );
}

