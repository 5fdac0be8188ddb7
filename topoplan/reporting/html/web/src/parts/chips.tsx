// The techniques of a boundary as a row of chips, each technique always in the same place.
import type { Data } from "../data";
import type { BoundaryCoverage, Gap } from "../schema";
import { Chip } from "./signs";

interface Props {
  data: Data;
  coverage: BoundaryCoverage | undefined;
  /** What is missing stands out only for the techniques of these. */
  gaps: readonly Gap[];
}

export function Chips({ data, coverage, gaps }: Props) {
  const states = statesOf(coverage);
  const wanted = new Set<string>(gaps.map((gap) => gap.technique));
  return (
    <span class="chips">
      {data.extras.columns.map((technique) => {
        const state = states.get(technique);
        return (
          <span key={technique} class="slot">
            {state && <Chip data={data} technique={technique} state={state} quiet={state === "uncovered" && !wanted.has(technique)} />}
          </span>
        );
      })}
    </span>
  );
}

/** `C- B+ F?`: the row as text. */
export function chipText(data: Data, coverage: BoundaryCoverage | undefined): string {
  const states = statesOf(coverage);
  return data.extras.columns
    .filter((technique) => states.has(technique))
    .map((technique) => `${data.extras.techniques[technique]?.sign}${data.extras.states[states.get(technique) ?? ""]?.sign}`)
    .join(" ");
}

const WORST_FIRST = ["failing", "uncovered", "unknown", "unverified", "stale", "partial", "covered"];

/** How much is not covered, to sort by: the number of techniques in each state, worst states first. */
export function chipRank(coverage: BoundaryCoverage | undefined): number {
  const states = coverage?.techniques.map((one) => one.state as string) ?? [];
  return WORST_FIRST.reduce((rank, state) => rank * 10 + states.filter((one) => one === state).length, 0);
}

const statesOf = (coverage: BoundaryCoverage | undefined) => new Map<string, string>(coverage?.techniques.map((one) => [one.technique, one.state]));
