import { Empty, Section } from "../parts/section";
import type { ViewProps } from "../view";

export function Graph({ data }: ViewProps) {
  return (
    <Section title="Graph">
      <Empty>{data.report.system}</Empty>
    </Section>
  );
}
