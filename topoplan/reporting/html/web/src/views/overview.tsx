// The first questions of a review, answered by looking: what is there, how risky, how tested, what next, what to doubt.
import type { ComponentChildren } from "preact";
import type { ChangesExtras, Data } from "../data";
import { Chips } from "../parts/chips";
import { Bars, Facts, type Head, Rows } from "../parts/facts";
import { Listed } from "../parts/listed";
import { Empty, Section } from "../parts/section";
import { Level, Risk, Share, State } from "../parts/signs";
import { href } from "../route";
import { counted, hours, nameOf, number, pairOf, percent, viaOf } from "../words";
import type { ViewProps } from "../view";

export function Overview({ data }: ViewProps) {
  const { changes } = data.extras.overview;
  return (
    <>
      <Section title="Overview">
        <div class="cards">
          <System data={data} />
          <Risks data={data} />
          <Coverage data={data} />
          <OpenGaps data={data} />
          <Differences data={data} />
          <Basis data={data} />
        </div>
      </Section>
      {changes && <Changed data={data} changes={changes} />}
      <TopRisks data={data} />
      <NextTests data={data} />
      <Journeys data={data} />
      <Doubts data={data} />
    </>
  );
}

interface OfData {
  data: Data;
}

function Card({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <article class="card" aria-label={title}>
      {children}
    </article>
  );
}

const KINDS = { service: "services", gateway: "gateways", datastore: "datastores", broker: "brokers", external: "external systems" };
const STYLES = { sync: "calls", message: "messages", resource: "uses of stores and brokers" };

function System({ data }: OfData) {
  const { services, boundaries, basis } = data.report.summary;
  const nodes = data.report.topology.services.length;
  return (
    <Card title="The system">
      <Bars
        title={`${counted(nodes, "node")} by kind`}
        bars={entries(KINDS).map(([kind, title]) => ({
          label: (
            <>
              <span aria-hidden="true">{data.extras.kinds[kind]?.sign} </span>
              {title}
            </>
          ),
          count: services[kind],
        }))}
      />
      <Bars
        title={`${counted(sum(Object.values(boundaries)), "boundary", "boundaries")} by style`}
        bars={entries(STYLES).map(([style, title]) => ({ label: title, count: boundaries[style], to: href({ view: "boundaries", style }) }))}
      />
      <p class="faint">
        {entries(basis)
          .filter(([, count]) => count)
          .map(([one, count]) => `${number(count)} ${data.extras.bases[one] ?? one}`)
          .join(" · ") || "none found"}
      </p>
    </Card>
  );
}

function Risks({ data }: OfData) {
  const { bands, plan } = data.extras.overview;
  const [first] = data.report.profiles;
  const boundary = first && data.boundaries.get(first.boundary);
  return (
    <Card title="Risk">
      <Bars
        title="Boundaries by risk"
        bars={bands.map(([band, count]) => ({ label: band, count, look: `level-${band}`, to: href({ view: "boundaries", risk: band }) }))}
      />
      {boundary ? (
        <p>
          Highest {first.score} of 100: <a href={href({ boundary: boundary.id })}>{pairOf(data, boundary)}</a>, {viaOf(boundary)}
        </p>
      ) : (
        <Empty>not scored</Empty>
      )}
      <h3>Plan</h3>
      <p>
        <a href={href({ view: "plan" })}>{plan}</a>
      </p>
      {data.extras.plan.told.length > 0 && <p class="faint">{data.extras.plan.told.join(" · ")}</p>}
    </Card>
  );
}

function Coverage({ data }: OfData) {
  const { coverage } = data.extras.overview;
  return (
    <Card title="Coverage">
      <h3>Coverage by tests</h3>
      <p class="big">
        <strong>{coverage.risk.text}</strong> {data.extras.evidence || !data.report.plan.tests.length ? "of the risk that can be retired" : "share of the risk that can be retired"}
      </p>
      {coverage.risk.share !== null && <Share share={coverage.risk.share}>{""}</Share>}
      <dl class="facts">
        {coverage.ratios.map(({ title, text, share }) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd>{share === null ? <span class="faint">{text}</span> : <Share share={share}>{text}</Share>}</dd>
          </div>
        ))}
      </dl>
      {!data.extras.evidence && <p class="faint">{coverage.line.join(" · ")}</p>}
      {coverage.residual && <p class="faint">{coverage.residual}</p>}
    </Card>
  );
}

function OpenGaps({ data }: OfData) {
  const { gaps, states } = data.report.summary;
  const wanted = entries(states).filter(([, count]) => count);
  return (
    <Card title="Gaps">
      {sum(Object.values(gaps)) ? (
        <Bars
          title="Open gaps by urgency"
          bars={entries(gaps).map(([urgency, count]) => ({
            label: urgency,
            count,
            look: `level-${urgency}`,
            to: href({ view: "gaps", urgency }),
          }))}
        />
      ) : (
        <>
          <h3>Open gaps</h3>
          <p>{data.extras.overview.gaps}</p>
        </>
      )}
      <Bars
        title="Recommended tests by state"
        bars={wanted.map(([state, count]) => ({
          label: <State data={data} state={state} />,
          count,
          look: `state-${state}`,
          to: href({ view: "plan", state }),
        }))}
      />
      {!wanted.length && <Empty>no test recommended</Empty>}
      {wanted.length > 0 && !data.extras.evidence && <p class="faint">Nothing was read that could tell of tests: unknown, not uncovered.</p>}
    </Card>
  );
}

function Differences({ data }: OfData) {
  const { drift } = data.report.summary;
  const observed = data.report.summary.basis.both + data.report.summary.basis.observed;
  return (
    <Card title="Drift">
      {observed ? (
        <Bars
          title="Declared against observed"
          bars={entries(drift).map(([kind, count]) => {
            const title = data.extras.drift[kind] ?? kind;
            return { label: title, count, to: href({ view: "drift", kind: title }) };
          })}
        />
      ) : (
        <>
          <h3>Declared against observed</h3>
          <p>Not compared: no traces were read, so nothing is known of what really happens.</p>
        </>
      )}
    </Card>
  );
}

function Basis({ data }: OfData) {
  const { failed } = data.report.summary.sources;
  return (
    <Card title="Basis">
      <h3>What this rests on</h3>
      <Facts rows={data.extras.overview.basis} />
      <p>
        <a href={href({ view: "sources" })}>Sources and method</a>
        {failed > 0 && (
          <>
            {" · "}
            <a href={href({ view: "sources", state: "failed" })}>{counted(failed, "file")} not readable</a>
          </>
        )}
      </p>
    </Card>
  );
}

const CHANGES_SHOWN = 8;

function Changed({ data, changes }: OfData & { changes: ChangesExtras }) {
  return (
    <Section title={`Changes since ${changes.base}`}>
      {changes.nothing && <Empty>{changes.nothing}</Empty>}
      <div class="cards">
        {changes.groups.map(({ title, changes: found }) => (
          <article class="card" aria-label={`Changes: ${title}`} key={title}>
            <h3>{title}</h3>
            <Listed items={found} most={CHANGES_SHOWN}>
              {(one) => {
                const boundary = data.boundaries.get(one.boundary);
                return (
                  <>
                    {boundary ? <a href={href({ boundary: boundary.id })}>{pairOf(data, boundary)}</a> : one.subject}
                    {one.text && <span class="faint">: {one.text}</span>}
                  </>
                );
              }}
            </Listed>
          </article>
        ))}
      </div>
    </Section>
  );
}

function TopRisks({ data }: OfData) {
  const top = data.extras.overview.top.flatMap((id) => data.boundaries.get(id) ?? []);
  if (!top.length) return null;
  return (
    <Section title="Riskiest boundaries" beside={<a href={href({ view: "boundaries" })}>all {data.report.topology.boundaries.length}</a>}>
      <Rows
        caption="The riskiest boundaries"
        head={[{ title: "Risk", room: "word" }, { title: "Boundary", room: "much" }, { title: "Via", room: "some" }, { title: "Mainly", room: "some" }, { title: "Tests", room: "word" }]}
        rows={top.map((boundary) => [
          <Risk data={data} score={data.profiles.get(boundary.id)?.score} />,
          <a href={href({ boundary: boundary.id })}>{pairOf(data, boundary)}</a>,
          viaOf(boundary),
          data.extras.reasons[boundary.id] ?? "",
          <Chips data={data} coverage={data.coverage.get(boundary.id)} gaps={data.gaps.get(boundary.id) ?? []} />,
        ])}
      />
    </Section>
  );
}

function NextTests({ data }: OfData) {
  const { tests, total_risk } = data.report.plan;
  const wanted = new Set(data.extras.overview.next);
  const next = tests.filter((test) => wanted.has(test.id));
  const steps = new Map(data.report.gaps.open.map((gap) => [gap.test, gap.next_step]));
  return (
    <Section title="Next tests to write" beside={<a href={href({ view: "plan" })}>the whole plan</a>}>
      {next.length ? (
        <Rows
          caption="The next tests to write, in the order of the plan"
          head={[
            { title: "Place", figure: true },
            { title: "Test", room: "much" },
            { title: "State" },
            { title: "Of the risk", figure: true },
            { title: "To write", figure: true },
            { title: "To do", room: "some" },
          ]}
          rows={next.map((test) => [
            tests.indexOf(test) + 1,
            <a href={href({ view: "plan", test: test.id })}>{test.title}</a>,
            <State data={data} state={data.extras.standings[test.id] ?? "unknown"} />,
            percent(test.risk_retired, total_risk),
            hours(test.hours),
            steps.get(test.id) ?? test.reason,
          ])}
        />
      ) : (
        <Empty>{tests.length ? "Every recommended test is covered or accepted." : "No test is recommended."}</Empty>
      )}
    </Section>
  );
}

function Journeys({ data }: OfData) {
  const { journeys } = data.report;
  if (!journeys.length) return null;
  const found = data.extras.overview.journeys;
  const row = (at: number, path: string[], name: string): ComponentChildren[] => {
    const told = found[at];
    return [
      name,
      told?.about,
      path.map((service) => nameOf(data, service)).join(" → "),
      told && (told.share === null ? <span class="faint">{told.tests}</span> : <Share share={told.share}>{told.tests}</Share>),
      told?.gaps,
    ];
  };
  const rows = journeys.map((journey, at) => row(at, journey.services, journey.name));
  const head: Head[] = [{ title: "Journey", room: "some" }, { title: "How much it matters" }, { title: "Path", room: "much" }, { title: "Tests covered" }, { title: "Open gaps" }];
  return (
    <Section title="Journeys" beside={counted(journeys.length, "path that users see", "paths that users see")}>
      <Rows caption="Journeys and how well they are tested" head={head} rows={rows} />
    </Section>
  );
}

function Doubts({ data }: OfData) {
  const { warnings } = data.extras.overview;
  const { notices } = data.report.summary;
  const { findings } = data.report.coverage;
  const told = [...warnings, ...findings.slice(0, 5).map((one) => ({ severity: "info", slug: one.kind, message: one.message, where: one.where }))];
  return (
    <Section
      title="Warnings and findings"
      beside={
        <a href={href({ view: "sources" })}>
          all: {counted(notices.warning + notices.error, "warning")}, {counted(findings.length, "finding")} about tests
        </a>
      }
    >
      {told.length ? (
        <ul class="notices">
          {told.map(({ severity, slug, message, where }) => (
            <li>
              <Level level={severity} /> {message} <span class="faint">[{slug}]</span> {where && <code class="faint">{where}</code>}
            </li>
          ))}
        </ul>
      ) : (
        <Empty>None.</Empty>
      )}
    </Section>
  );
}

const sum = (numbers: number[]): number => numbers.reduce((all, one) => all + one, 0);

/** The entries of an object whose keys are known. */
const entries = <Key extends string, Value>(of: Record<Key, Value>): [Key, Value][] => Object.entries(of) as [Key, Value][];
