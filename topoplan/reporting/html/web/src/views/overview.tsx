import { Empty, Section } from "../parts/section";
import type { ViewProps } from "../view";

export function Overview({ data }: ViewProps) {
  return (
    <Section title="Overview">
      <Empty>{data.report.system}</Empty>
    </Section>
  );
}
