// Chips and bars: a letter or word always stands beside the colour.
import type { ComponentChildren } from "preact";
import type { Data } from "../data";
import { bandOf } from "../words";

interface OfData {
  data: Data;
}

/** `C-`: the letter of a technique and the sign of its state. */
export function Chip({ data, technique, state, quiet = false }: OfData & { technique: string; state: string; quiet?: boolean }) {
  const [kind, found] = [data.extras.techniques[technique], data.extras.states[state]];
  const told = `${kind?.title ?? technique}: ${state}`;
  return (
    <span class={`chip ${quiet ? "quiet" : `state-${state}`}`} title={told}>
      <span aria-hidden="true">
        {kind?.sign}
        {found?.sign}
      </span>
      <span class="off-screen">{told}</span>
    </span>
  );
}

/** `- uncovered`. */
export function State({ data, state }: OfData & { state: string }) {
  return (
    <span class={`chip state-${state}`}>
      <span aria-hidden="true">{data.extras.states[state]?.sign} </span>
      {state}
    </span>
  );
}

/** `high`, of risk bands, urgencies and severities alike. */
export function Level({ level }: { level: string }) {
  return <span class={`chip level-${level}`}>{level}</span>;
}

/** ` 60 █████░░░ high`: a risk score 0–100. */
export function Risk({ data, score }: OfData & { score: number | undefined }) {
  if (score === undefined) return <span class="faint">not scored</span>;
  const band = bandOf(data, score);
  return (
    <span class="risk">
      <span class="figure">{score}</span>
      <svg class={`bar level-${band}`} viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
        <rect class="ground" width="100" height="10" />
        <rect class="full" width={score} height="10" />
      </svg>
      <span class="band">{band}</span>
    </span>
  );
}

/** A share 0–1 as a bar, with its figure in words. */
export function Share({ share, children }: { share: number; children: ComponentChildren }) {
  return (
    <span class="risk">
      <svg class="bar share" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
        <rect class="ground" width="100" height="10" />
        <rect class="full" width={Math.round(share * 1000) / 10} height="10" />
      </svg>
      <span>{children}</span>
    </span>
  );
}
