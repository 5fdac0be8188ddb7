import { Empty, Section } from "../parts/section";
import type { ViewProps } from "../view";

export function Sources({ data }: ViewProps) {
  return (
    <Section title="Sources">
      <Empty>{data.report.system}</Empty>
    </Section>
  );
}
