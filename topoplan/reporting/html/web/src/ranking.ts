// Boundaries as their table and their pages take them up: riskiest first, those without a score last.
import type { Data } from "./data";
import type { Boundary, BoundaryCoverage, Gap, RiskProfile } from "./schema";
import { nameOf, pairOf } from "./words";

export interface Ranked {
  boundary: Boundary;
  pair: string;
  /** 0–100; undefined where it was not scored. */
  score: number | undefined;
  profile: RiskProfile | undefined;
  coverage: BoundaryCoverage | undefined;
  /** Open ones, most open risk first. */
  gaps: readonly Gap[];
  /** Of the provider; empty when unknown. */
  owner: string;
}

const ranked = new WeakMap<Data, Ranked[]>();

export function ranking(data: Data): Ranked[] {
  let found = ranked.get(data);
  if (!found) ranked.set(data, (found = made(data)));
  return found;
}

function made(data: Data): Ranked[] {
  const scored = data.report.profiles.flatMap((profile) => data.boundaries.get(profile.boundary) ?? []);
  const others = data.report.topology.boundaries.filter((boundary) => !data.profiles.has(boundary.id));
  return [...scored, ...others].map((boundary) => {
    const profile = data.profiles.get(boundary.id);
    return {
      boundary,
      pair: pairOf(data, boundary),
      score: profile?.score,
      profile,
      coverage: data.coverage.get(boundary.id),
      gaps: data.gaps.get(boundary.id) ?? [],
      owner: data.services.get(boundary.provider)?.owner ?? "",
    };
  });
}

export const URGENCIES = ["high", "medium", "low"] as const;

/** 3 high, 2 medium, 1 low: to sort by. */
export const urgencyRank = (urgency: string): number => URGENCIES.length - URGENCIES.findIndex((one) => one === urgency);

/** The most urgent of some gaps; empty without one. */
export const worstUrgency = (gaps: readonly Gap[]): string => URGENCIES.find((urgency) => gaps.some((gap) => gap.urgency === urgency)) ?? "";

/** Why a gap is open, without its state, which stands beside it. */
export const reasonOf = (gap: Gap): string => (gap.reason.startsWith(`${gap.state}: `) ? gap.reason.slice(gap.state.length + 2) : gap.reason);

/** The owners of both ends, each once. */
export const ownersOf = (data: Data, boundary: Boundary): string[] =>
  [...new Set([boundary.consumer, boundary.provider].map((end) => data.services.get(end)?.owner ?? ""))].filter(Boolean);

export const endNames = (data: Data, boundary: Boundary): string => `${nameOf(data, boundary.consumer)} ${nameOf(data, boundary.provider)}`;
