// What was read and what not, what was noticed, and every figure of the model with its source.
import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";
import type { Data } from "../data";
import { Facts } from "../parts/facts";
import { Empty, Section } from "../parts/section";
import { Level } from "../parts/signs";
import { type Column, Table } from "../parts/table";
import { href, type Route } from "../route";
import type { Finding, MethodRow, MethodSection, Notice, Source } from "../schema";
import { counted, nameOf, number, pairOf } from "../words";
import type { ViewProps } from "../view";

export function Sources({ data, route }: ViewProps) {
  return (
    <>
      <Section title="What this rests on">
        <Facts
          rows={[
            ...data.extras.overview.basis,
            ["Report", [`format ${data.report.format} ${data.report.format_version}`, `written by topoplan ${data.report.tool.version || "of an unknown version"}`]],
            ...(data.extras.asOf ? [["Newest evidence", [data.extras.asOf]] as const] : []),
          ]}
        />
      </Section>
      <Files data={data} route={route} />
      <Notices data={data} route={route} />
      <Findings data={data} route={route} />
      <Suggestions data={data} />
      <HowToRead data={data} />
      <Method data={data} route={route} />
      <details class="licences">
        <summary>Licences of the libraries in this page</summary>
        <pre>{data.extras.licenses}</pre>
      </details>
    </>
  );
}

const SOURCE_LEVELS: Record<string, string> = { failed: "error", skipped: "warning" };
const STATES = ["failed", "skipped", "analysed"];

function Files({ data, route }: ViewProps) {
  const { sources } = data.report.topology;
  const columns: Column<Source>[] = [
    { key: "path", title: "File", room: "much", value: (one) => one.path, show: (one) => <code>{one.path}</code> },
    {
      key: "state",
      title: "State",
      room: "word",
      value: (one) => one.state,
      order: (one) => STATES.indexOf(one.state),
      show: (one) => {
        const level = SOURCE_LEVELS[one.state];
        return level ? <span class={`chip level-${level}`}>{one.state}</span> : one.state;
      },
    },
    { key: "importer", title: "Read by", room: "word", value: (one) => one.importer },
    { key: "facts", title: "Facts", value: (one) => one.facts, show: (one) => number(one.facts), figure: true },
    { key: "reason", title: "Reason", value: (one) => one.reason },
  ];
  return (
    <Section title="Sources">
      {sources.length ? (
        <Table
          name="sources"
          system={data.report.system}
          caption="Files, and what became of each"
          noun="file"
          rows={sources}
          columns={columns}
          keyOf={(one) => `${one.path} ${one.importer} ${one.state}`}
          route={route}
          facets={[
            { key: "state", title: "State", values: (one) => [one.state], order: STATES },
            { key: "importer", title: "Read by", values: (one) => (one.importer ? [one.importer] : []) },
          ]}
        />
      ) : (
        <Empty>This report was made of no file.</Empty>
      )}
    </Section>
  );
}

const SEVERITIES = ["error", "warning", "info"];

function Notices({ data, route }: ViewProps) {
  const { notices } = data.report.topology;
  const sorted = useMemo(() => [...notices].sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity)), [notices]);
  const columns: Column<Notice>[] = [
    {
      key: "severity",
      title: "Severity",
      value: (one) => one.severity,
      order: (one) => SEVERITIES.indexOf(one.severity),
      show: (one) => <Level level={one.severity} />,
    },
    { key: "message", title: "Notice", room: "much", value: (one) => one.message },
    { key: "where", title: "Where", room: "some", value: (one) => one.where ?? "", show: (one) => <code>{one.where}</code> },
    { key: "slug", title: "Kind", room: "word", value: (one) => one.slug },
  ];
  return (
    <Section title="Notices">
      {notices.length ? (
        <Table
          name="notices"
          prefix="notice-"
          system={data.report.system}
          caption="What was noticed while reading and judging"
          noun="notice"
          rows={sorted}
          columns={columns}
          keyOf={(one) => `${one.slug} ${one.where} ${one.message}`}
          route={route}
          facets={[{ key: "severity", title: "Severity", values: (one) => [one.severity], order: SEVERITIES }]}
        />
      ) : (
        <Empty>None.</Empty>
      )}
    </Section>
  );
}

function Findings({ data, route }: ViewProps) {
  const { findings } = data.report.coverage;
  const where = (one: Finding): string => {
    const boundary = data.boundaries.get(one.boundary);
    return boundary ? pairOf(data, boundary) : one.boundary;
  };
  const columns: Column<Finding>[] = [
    { key: "message", title: "Finding", room: "much", value: (one) => one.message },
    {
      key: "boundary",
      title: "Boundary",
      room: "some",
      value: where,
      show: (one) => (data.boundaries.has(one.boundary) ? <a href={href({ boundary: one.boundary })}>{where(one)}</a> : where(one)),
    },
    { key: "operation", title: "Operation", value: (one) => one.operation },
    {
      key: "where",
      title: "Where",
      room: "much",
      value: (one) => [one.where, one.other].filter(Boolean).join(", "),
      show: (one) => (
        <>
          <code>{one.where}</code> {one.other && <code>{one.other}</code>}
        </>
      ),
    },
    { key: "kind", title: "Kind", room: "word", value: (one) => one.kind },
  ];
  return (
    <Section title="Findings about the tests">
      {findings.length ? (
        <Table
          name="findings"
          prefix="finding-"
          system={data.report.system}
          caption="What is odd about the evidence of tests"
          noun="finding"
          rows={findings}
          columns={columns}
          keyOf={(one) => `${one.kind} ${one.where} ${one.message}`}
          route={route}
        />
      ) : (
        <Empty>{data.extras.evidence ? "None." : "No test evidence was read."}</Empty>
      )}
    </Section>
  );
}

function Suggestions({ data }: { data: Data }) {
  const { suggestions } = data.report.topology;
  if (!suggestions.length) return null;
  return (
    <Section title="Suggested by weak evidence" beside={counted(suggestions.length, "boundary", "boundaries")}>
      <p class="faint">Too weak to be drawn: part of no figure. Worth a look.</p>
      <ul class="listed">
        {suggestions.map((one) => (
          <li key={one.id}>
            {`${nameOf(data, one.consumer)} ${one.style === "message" ? "←" : "→"} ${nameOf(data, one.provider)}`}{" "}
            {one.evidence.slice(0, 1).map((evidence) => (
              <span class="faint">
                {evidence.detail || evidence.rule || evidence.importer} <code>{evidence.where}</code>
              </span>
            ))}
          </li>
        ))}
      </ul>
    </Section>
  );
}

const READING: readonly (readonly [string, ComponentChildren])[] = [
  ["Risk", "of a boundary, 0–100: how likely it fails in any of its modes, times how bad that is. It orders boundaries within one system; it is no probability of an outage and no mark to compare systems by."],
  ["Risk retired", "the part of that risk a test takes away when it exists and passes: what it can catch, of what the tests before it leave."],
  ["State", "how far a recommended test exists and passes for every operation it is for. Unknown means that nothing was read that could tell: it is not uncovered."],
  ["Coverage", "counts recommended tests only. Where none is recommended there is nothing to cover: n/a is neither 0 % nor 100 %."],
  ["Missing inputs", "are left out of a mean, and said; they never count as zero. A score that lacks history or traces rests on less, not on good news."],
];

function HowToRead({ data }: { data: Data }) {
  const bands = data.extras.bands.map(({ name, floor }) => `${name} from ${floor}`).join(", ");
  return (
    <Section title="How to read the scores">
      <Facts rows={[...READING.map(([label, text]) => [label, [text]] as const), ["Bands", [bands]]]} />
    </Section>
  );
}

interface Figure extends MethodRow {
  section: MethodSection;
  key: string;
}

function Method({ data, route }: { data: Data; route: Route }) {
  const rows: Figure[] = useMemo(
    () => data.extras.method.flatMap((section) => section.rows.map((row, at) => ({ ...row, section, key: `${section.id} ${at}` }))),
    [data],
  );
  const columns: Column<Figure>[] = [
    { key: "section", title: "Used for", room: "some", value: (row) => row.section.title },
    {
      key: "name",
      title: "Figure",
      room: "much",
      value: (row) => [row.group, row.name].filter(Boolean).join(": "),
      show: (row) => (
        <>
          {row.group && <span class="faint">{row.group}: </span>}
          {row.name}
        </>
      ),
    },
    {
      key: "value",
      title: "In force",
      value: (row) => row.value,
      show: (row) => (row.value === row.default ? row.value : <strong>{row.value}</strong>),
    },
    {
      key: "default",
      title: "Default",
      value: (row) => row.default,
      show: (row) => (row.value === row.default ? <span class="faint">same</span> : row.default),
    },
    { key: "unit", title: "Unit", room: "word", value: (row) => row.unit },
    {
      key: "meaning",
      title: "Meaning, and the setting",
      room: "much",
      value: (row) => [row.meaning, row.setting].filter(Boolean).join("; "),
      show: (row) => (
        <>
          {row.meaning} {row.setting && <code class="faint">{row.setting}</code>}
        </>
      ),
    },
    { key: "source", title: "Source of the default", room: "much", value: (row) => row.source },
  ];
  const differ = rows.filter((row) => row.value !== row.default).length;
  return (
    <Section title="Method: every figure of the model" beside={differ ? `${counted(differ, "figure")} set by the team` : "all as by default"}>
      <dl class="facts">
        {data.extras.method.map((section) => (
          <div key={section.id}>
            <dt>{section.title}</dt>
            <dd>{section.rule}</dd>
          </div>
        ))}
      </dl>
      <Table
        name="method"
        prefix="method-"
        system={data.report.system}
        caption="Every figure of the model, its value in force, and its source"
        noun="figure"
        rows={rows}
        columns={columns}
        keyOf={(row) => row.key}
        route={route}
        hidden={(row) => row.section.id}
        facets={[
          { key: "section", title: "Used for", values: (row) => [row.section.title], order: data.extras.method.map((section) => section.title) },
          { key: "set", title: "Set by", values: (row) => [row.value === row.default ? "default" : "the team"] },
        ]}
      />
    </Section>
  );
}
