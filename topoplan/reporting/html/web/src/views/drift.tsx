// Where the declared and the observed system differ.
import { Empty, Section } from "../parts/section";
import { type Column, Table } from "../parts/table";
import { href } from "../route";
import type { Drift as Line } from "../schema";
import { nameOf, pairOf } from "../words";
import type { ViewProps } from "../view";

export function Drift({ data, route }: ViewProps) {
  const { drift } = data.report.topology;
  const where = (line: Line): string => {
    const boundary = data.boundaries.get(line.subject);
    return boundary ? pairOf(data, boundary) : nameOf(data, line.subject);
  };
  const columns: Column<Line>[] = [
    { key: "kind", title: "Difference", value: (line) => data.extras.drift[line.kind] ?? line.kind },
    {
      key: "where",
      title: "Where",
      room: "much",
      value: where,
      show: (line) => (data.boundaries.has(line.subject) ? <a href={href({ boundary: line.subject })}>{where(line)}</a> : where(line)),
    },
    { key: "operation", title: "Operation", value: (line) => line.operation },
    { key: "message", title: "What it means", room: "much", value: (line) => line.message },
  ];
  const read = data.report.topology.boundaries.some((it) => it.basis !== "declared");
  return (
    <Section title="Drift">
      {drift.length ? (
        <Table
          name="drift"
          system={data.report.system}
          caption="Differences between what is declared and what was observed"
          noun="difference"
          rows={drift}
          columns={columns}
          keyOf={(line) => `${line.kind} ${line.subject} ${line.operation}`}
          route={route}
          facets={[
            { key: "kind", title: "Difference", values: (line) => [data.extras.drift[line.kind] ?? line.kind], order: Object.values(data.extras.drift) },
          ]}
        />
      ) : (
        <Empty>{read ? "What is declared and what was observed agree." : "No traces were given, so nothing was compared with them."}</Empty>
      )}
    </Section>
  );
}
