import { Empty, Section } from "../parts/section";
import type { ViewProps } from "../view";

export function Boundaries({ data }: ViewProps) {
  return (
    <Section title="Boundaries">
      <Empty>{data.report.system}</Empty>
    </Section>
  );
}
