import { Empty, Section } from "../parts/section";
import type { ViewProps } from "../view";

export function Matrix({ data }: ViewProps) {
  return (
    <Section title="Matrix">
      <Empty>{data.report.system}</Empty>
    </Section>
  );
}
