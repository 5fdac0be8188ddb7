// What a boundary rests on: the operations used across it, where it was read, and why names mean its ends.
import type { Data } from "../data";
import { Rows } from "../parts/facts";
import { Listed } from "../parts/listed";
import { Section } from "../parts/section";
import { Chip } from "../parts/signs";
import type { Ranked } from "../ranking";
import type { Boundary, BoundaryOperation, Service } from "../schema";
import { dotted, latency, number, percent } from "../words";

const MOST = 100;
const DOCUMENTED = new Map([
  [true, "documented"],
  [false, "in no specification"],
  [null, "provider documents none"],
]);

export function Operations({ data, row: { boundary, coverage } }: { data: Data; row: Ranked }) {
  if (!boundary.operations.length) return null;
  const documented = new Map(data.services.get(boundary.provider)?.operations.map((one) => [`${one.method} ${one.path}`, one.where]));
  const order = Object.keys(data.extras.techniques);
  const techniques = (coverage?.techniques ?? [])
    .filter((one) => one.operations.length)
    .sort((a, b) => order.indexOf(a.technique) - order.indexOf(b.technique))
    .map((one) => ({ technique: one.technique, states: new Map<string, string>(one.operations.map((each) => [each.operation, each.state])) }));
  const chips = (operation: BoundaryOperation) => (
    <span class="chips wide">
      {techniques.map(({ technique, states }) => (
        <Chip key={technique} data={data} technique={technique} state={states.get(operation.id) ?? "unknown"} />
      ))}
    </span>
  );
  return (
    <Section title="Operations" beside={number(boundary.operations.length)}>
      <Rows
        caption="Operations used across this boundary"
        head={[
          { title: "Operation" },
          { title: "Tests" },
          { title: "Documented" },
          { title: "Basis", room: "word" },
          { title: "Calls", figure: true },
          { title: "Errors", figure: true },
          { title: "p50", figure: true },
          { title: "p99", figure: true },
        ]}
        rows={boundary.operations.slice(0, MOST).map((one) => [
          <code>{one.id}</code>,
          chips(one),
          <>
            {DOCUMENTED.get(one.documented)}
            {documented.get(one.id) && <div class="place">{documented.get(one.id)}</div>}
          </>,
          one.basis,
          one.stats ? number(one.stats.calls) : "n/a",
          one.stats ? percent(one.stats.errors, one.stats.calls) : "n/a",
          latency(one.stats?.p50_ms ?? null),
          latency(one.stats?.p99_ms ?? null),
        ])}
      />
      {boundary.operations.length > MOST && <p class="more">{number(boundary.operations.length - MOST)} more in the JSON document.</p>}
    </Section>
  );
}

export function Evidence({ data, boundary }: { data: Data; boundary: Boundary }) {
  const ends = [...new Set([boundary.consumer, boundary.provider, boundary.broker])].flatMap((end) => data.services.get(end) ?? []);
  const joined = ends.filter((end) => end.joins.length);
  return (
    <Section title="Evidence" beside={number(boundary.evidence.length)}>
      <Listed items={boundary.evidence}>
        {(one) => (
          <>
            <span class="place">{one.where}</span>{" "}
            {dotted([one.detail, `${one.basis}, ${one.confidence}`, `${one.importer} ${one.rule}`.trim()])}
          </>
        )}
      </Listed>
      {joined.length > 0 && <h3>Why these names mean these services</h3>}
      {joined.map((end) => (
        <Joins key={end.id} end={end} />
      ))}
    </Section>
  );
}

function Joins({ end }: { end: Service }) {
  return (
    <>
      <p class="joins">
        <strong>{end.name || end.id}</strong>
        {end.aliases.length > 0 && <span class="faint"> also {end.aliases.join(", ")}</span>}
      </p>
      <Listed items={end.joins} most={8}>
        {(join) => (
          <>
            {join.name}: {join.reason}
            {/* Most reasons name their place already. */}
            {join.where && !join.reason.includes(join.where) && <span class="place"> {join.where}</span>}
          </>
        )}
      </Listed>
    </>
  );
}
