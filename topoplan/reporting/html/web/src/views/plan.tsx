import { Empty, Section } from "../parts/section";
import type { ViewProps } from "../view";

export function Plan({ data }: ViewProps) {
  return (
    <Section title="Plan">
      <Empty>{data.report.system}</Empty>
    </Section>
  );
}
