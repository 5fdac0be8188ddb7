// The two documents embedded in the page: the report as it is published, and what the page shows beside it.
import type { Layout } from "./graph/place";
import type { Boundary, BoundaryCoverage, Gap, MethodSection, RiskProfile, Recommendation, Service, TopoplanReport } from "./schema";

export type Report = TopoplanReport;

/** A word for a value, with the letter or sign that stands beside its colour. */
export interface Word {
  title: string;
  sign: string;
}

export interface Group {
  name: string;
  basis: string;
  members: string[];
}

/** Figures of some boundaries together, of the whole system whatever the page holds of it; aggregate.py says how. */
export interface Figures {
  boundaries: number;
  gaps: number;
  /** Of the open gap with most open risk; `covered` where everything recommended is; else empty. */
  state: string;
  score: number | null;
}

/** All boundaries from one group to another, messages apart; groups by their number in `Extras.groups`. */
export interface GroupEdge extends Figures {
  consumer: number;
  provider: number;
  message: boolean;
}

/** `nodes`: boundaries inside each group, in the order of `Extras.groups`. */
export interface Aggregate {
  nodes: Figures[];
  edges: GroupEdge[];
}

/** `topoplan/reporting/html/matrix_block.py` writes it. */
export interface MatrixBlock {
  /** Services, or groups of them where `note` says so; the row and the column of the same number. */
  rows: { id: string; name: string; layer: number; cycle: number }[];
  cells: MatrixCell[];
  /** Where the cursor starts: the worst gap. */
  first: [number, number];
  /** Services without a boundary, which are left out. */
  alone: number;
  note: string;
}

export interface MatrixCell {
  /** Row (consumer) and column (provider). */
  at: [number, number];
  sign: string;
  /** Class of its colour, empty where there is nothing to tell. */
  look: string;
  /** It closes a dependency cycle. */
  back: boolean;
  /** Worst first, at most 40 of `count`. */
  boundaries: string[];
  count: number;
  /** Who depends on whom; how far that is tested; what is open. */
  told: [string, string, string];
}

/** A label, and what is said under it. */
export type Line = [label: string, words: string[]];

/** A figure in words, and its share 0–1 where there is one. */
export interface Told {
  title: string;
  text: string;
  share: number | null;
}

/** `topoplan/reporting/html/overview.py` writes it. */
export interface OverviewExtras {
  /** Risk bands and how many boundaries are in each. */
  bands: [name: string, boundaries: number][];
  /** Ids of the riskiest boundaries. */
  top: string[];
  plan: string;
  coverage: { line: string[]; risk: { text: string; share: number | null }; ratios: Told[]; residual: string };
  gaps: string;
  /** Ids of the tests to write next. */
  next: string[];
  /** In the order of the report's journeys. */
  journeys: { about: string; tests: string; share: number | null; gaps: string }[];
  basis: Line[];
  warnings: { severity: string; slug: string; message: string; where: string }[];
  changes: ChangesExtras | null;
}

export interface ChangesExtras {
  base: string;
  /** `boundary` is empty where the change is about something else, or about a boundary that is gone. */
  groups: { title: string; changes: { boundary: string; subject: string; text: string }[] }[];
  nothing: string;
}

/** `topoplan/reporting/html/plan_words.py` writes it. */
export interface PlanExtras {
  facts: Line[];
  budgets: { budget: string; tests: number; share: string; more: string }[];
  /** Place in the plan, hours, share of all risk retired (0–1), test; the first point is before any test. */
  curve: [number, number, number, string][];
  told: string[];
  /** In the order of the plan's pyramid. */
  pyramid: { title: string; existing: string; planned: string; wanted: string; verdict: string }[];
}

/** `topoplan/reporting/html/extras.py` writes it. */
export interface Extras {
  techniques: Record<string, Word>;
  states: Record<string, Word>;
  kinds: Record<string, Word>;
  drift: Record<string, string>;
  /** Risk bands, highest first, with the lowest score of each. */
  bands: { name: string; floor: number }[];
  groups: Group[];
  aggregate: Aggregate;
  layout: Layout;
  /** What stands there instead where the domain of a service counts before its owner; null where that changes nothing. */
  byDomain: { groups: Group[]; aggregate: Aggregate; layout: Pick<Layout, "groups" | "pairs"> } | null;
  /** Boundary → state of its gap with most open risk; none where no test is recommended for it alone. */
  looks: Record<string, string>;
  /** Test id → how far the recommended test is met. */
  standings: Record<string, string>;
  /** Any test evidence was read: without it nothing is known of coverage. */
  evidence: boolean;
  /** Techniques that have a place in a row of chips, in its order. */
  columns: string[];
  /** Words for what a boundary rests on. */
  bases: Record<string, string>;
  /** Boundary → its riskiest failure mode and what adds most to it. */
  reasons: Record<string, string>;
  /** What stands above the gaps: label and text. */
  gapFacts: [string, string][];
  /** Journey → how much it matters and how it is known. */
  journeys: Record<string, string>;
  matrix: MatrixBlock;
  /** Why the embedded report holds less than the analysis found; empty when it holds everything. */
  reduced: string;
  /** The day of the newest time in the inputs, empty when nothing tells one. */
  asOf: string;
  licenses: string;
  overview: OverviewExtras;
  plan: PlanExtras;
  /** The figures the report was made with, and how its numbers are shown. */
  method: MethodSection[];
}

export interface Data {
  report: Report;
  extras: Extras;
  services: Map<string, Service>;
  boundaries: Map<string, Boundary>;
  profiles: Map<string, RiskProfile>;
  coverage: Map<string, BoundaryCoverage>;
  /** Boundary → its open gaps, most open risk first. */
  gaps: Map<string, Gap[]>;
  /** Boundary → recommended tests in the plan's order. */
  tests: Map<string, Recommendation[]>;
  group: Map<string, Group>;
}

/** Reads a block of the page. Throws where the browser is too old or the block is broken. */
async function block(id: string): Promise<Blob> {
  const text = document.getElementById(id)?.textContent ?? "";
  const bytes = Uint8Array.from(atob(text.trim()), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).blob();
}

export async function read(): Promise<Data> {
  const [report, extras] = await Promise.all([block("report"), block("extras")].map(async (it) => JSON.parse(await (await it).text())));
  return indexed(report as Report, extras as Extras);
}

/** The report document as a file: what `-f json` would have written, unless that is too large to go along. */
export function document_(): Promise<Blob> {
  return block(document.getElementById("whole") ? "whole" : "report");
}

export const isComplete = (data: Data): boolean => !data.extras.reduced || document.getElementById("whole") !== null;

function indexed(report: Report, extras: Extras): Data {
  const gaps = new Map<string, Gap[]>();
  for (const gap of report.gaps.open) push(gaps, gap.boundary, gap);
  const tests = new Map<string, Recommendation[]>();
  for (const test of report.plan.tests) for (const boundary of test.boundaries) push(tests, boundary, test);
  const group = new Map<string, Group>();
  for (const one of extras.groups) for (const member of one.members) group.set(member, one);
  return {
    report,
    extras,
    services: new Map(report.topology.services.map((it) => [it.id, it])),
    boundaries: new Map(report.topology.boundaries.map((it) => [it.id, it])),
    profiles: new Map(report.profiles.map((it) => [it.boundary, it])),
    coverage: new Map(report.coverage.boundaries.map((it) => [it.boundary, it])),
    gaps,
    tests,
    group,
  };
}

function push<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const found = map.get(key);
  if (found) found.push(value);
  else map.set(key, [value]);
}
