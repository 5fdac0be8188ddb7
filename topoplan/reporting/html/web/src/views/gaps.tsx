import { Empty, Section } from "../parts/section";
import type { ViewProps } from "../view";

export function Gaps({ data }: ViewProps) {
  return (
    <Section title="Gaps">
      <Empty>{data.report.system}</Empty>
    </Section>
  );
}
