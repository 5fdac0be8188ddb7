// One boundary as Markdown for a ticket: what to do first, then why, then what is known.
import type { Data } from "../data";
import { markdownText as text } from "../handing";
import { type Ranked, reasonOf } from "../ranking";
import type { Boundary, Gap, Recommendation } from "../schema";
import { bandOf, decimal, dotted, hours, number, testTitle, traffic, viaOf } from "../words";
import { caseText, scopeText } from "./boundary_tests";

const MOST = 20;

export function ticket(data: Data, row: Ranked): string {
  const { boundary, profile, gaps } = row;
  const tests = data.tests.get(boundary.id) ?? [];
  const parts: [string, string[]][] = [
    [`## ${text(row.pair)}`, facts(data, row)],
    ["### To do", cut(gaps, "gap", (gap) => checkItem(data, gap))],
    ["### Why", profile ? reasons(row) : []],
    ["### Recommended tests", cut(tests, "test", (test) => testLines(data, test))],
    ["### Evidence", cut(boundary.evidence, "place", (one) => [`- ${text(one.where)}: ${text(one.detail || one.rule)} (${one.basis}, ${one.confidence})`])],
  ];
  return parts.filter(([, lines]) => lines.length).map(([title, lines]) => [title, "", ...lines, ""].join("\n")).join("\n");
}

function facts(data: Data, { boundary, score }: Ranked): string[] {
  const risk = score === undefined ? "not scored" : `${score} of 100 (${bandOf(data, score)})`;
  const reason = data.extras.reasons[boundary.id];
  return [
    `- **Boundary:** ${text(boundary.id)} (${boundary.style}, ${text(viaOf(boundary))})`,
    `- **Risk:** ${risk}${reason ? `, ${text(reason)}` : ""}`,
    `- **Basis:** ${data.extras.bases[boundary.basis] ?? boundary.basis}, ${boundary.confidence} confidence`,
    `- **Traffic:** ${text(traffic(boundary.stats))}`,
    ...owner(data, boundary),
  ];
}

function owner(data: Data, boundary: Boundary): string[] {
  const found = data.services.get(boundary.provider)?.owner;
  return found ? [`- **Owner of the provider:** ${text(found)}`] : [];
}

/** `- [ ] high contract test, … : write a contract`, with the operations it leaves open. */
export function checkItem(data: Data, gap: Gap, pair = ""): string[] {
  const operations = gap.missing.filter((one) => one.operation);
  const lead = `**${gap.urgency}** ${testTitle(data, gap.technique).toLowerCase()}${pair && ` of ${text(pair)}`} (${gap.state})`;
  return [`- [ ] ${lead}: ${text(gap.next_step)}; ${text(reasonOf(gap))}`, ...cut(operations, "operation", (one) => [`  - ${one.state}: ${text(one.operation)}`], "  ")];
}

function reasons({ profile }: Ranked): string[] {
  return (profile?.modes ?? [])
    .filter((mode) => mode.risk > 0)
    .map((mode) => {
      const told = mode.factors.filter((factor) => factor.contribution > 0).map((factor) => text(factor.reason));
      return `- **${mode.mode}** ${decimal(mode.risk)}: ${told.slice(0, 3).join("; ")}`;
    });
}

function testLines(data: Data, test: Recommendation): string[] {
  const scope = scopeText(data, test.scope);
  return [
    `- ${text(test.title)} (${dotted([hours(test.hours), data.extras.standings[test.id] ?? ""])}): ${text(test.reason)}`,
    ...cut(test.cases, "case", (one) => [`  - [ ] ${text(caseText(one))}`], "  "),
    ...(scope ? [`  - ${text(scope)}`] : []),
  ];
}

function cut<Item>(items: readonly Item[], noun: string, lines: (item: Item) => string[], indent = ""): string[] {
  const more = items.length - MOST;
  return [...items.slice(0, MOST).flatMap(lines), ...(more > 0 ? [`${indent}- and ${number(more)} more ${more === 1 ? noun : `${noun}s`}`] : [])];
}
