// How values are said; figures are never rounded into a false claim.
import type { Boundary, Stats } from "./schema";
import type { Data } from "./data";

export const nameOf = (data: Data, service: string): string => data.services.get(service)?.name || service;

/** The sign between consumer and provider: `←` where messages flow to the consumer. */
export const arrow = (boundary: Boundary): string => (boundary.style === "message" ? "←" : "→");

export const pairOf = (data: Data, boundary: Boundary): string =>
  `${nameOf(data, boundary.consumer)} ${arrow(boundary)} ${nameOf(data, boundary.provider)}`;

/** Protocol, and the channel of a message boundary. */
export const viaOf = (boundary: Boundary): string => `${boundary.protocol} ${boundary.channel}`.trim();

export const bandOf = (data: Data, score: number): string => data.extras.bands.find((band) => score >= band.floor)?.name ?? "low";

/** `part` of `whole` in per cent; `<1 %` and `>99 %` where rounding would say nothing or all, n/a of nothing. */
export function percent(part: number, whole: number): string {
  if (whole <= 0) return "n/a";
  const shown = evenly((100 * part) / whole);
  if (shown <= 0 && part > 0) return "<1 %";
  return shown >= 100 && part < whole ? ">99 %" : `${shown} %`;
}

/** Rounds as the other formats do: a half to the even neighbour. */
function evenly(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 ? rounded - 1 : rounded;
}

/** So many digits; of what lies exactly between two, the even one, as the other formats write it. */
function fixed(value: number, digits: number): string {
  const scale = 10 ** digits;
  // Only a few binary fractions lie there: 7.25 does, 7.35 is a little less than it looks.
  const between = Number.isInteger(value * 2 ** (digits + 1)) && Math.abs((value * scale) % 1) === 0.5;
  return (between ? evenly(value * scale) / scale : value).toFixed(digits);
}

export const number = (value: number): string => value.toLocaleString("en-GB");

export const counted = (count: number, noun: string, nouns = `${noun}s`): string => `${number(count)} ${count === 1 ? noun : nouns}`;

/** Person-hours: `2 h`, `1.5 h`, `120 h`. */
export function hours(value: number): string {
  if (value >= 10 || Number.isInteger(value)) return `${number(evenly(value))} h`;
  return `${fixed(Math.max(value, 0.1), 1)} h`;
}

/** Seconds of a run: `45 s`, `9 min 22 s`, `2 h 5 min`. */
export function duration(value: number): string {
  const whole = value >= 1 ? evenly(value) : Number(value > 0);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return two(Math.floor(whole / 60), "min", whole % 60, "s");
  const minutes = evenly(whole / 60);
  return two(Math.floor(minutes / 60), "h", minutes % 60, "min");
}

const two = (large: number, unit: string, small: number, part: string): string => `${large} ${unit}${small ? ` ${small} ${part}` : ""}`;

export const day = (unix: number): string => (unix > 0 ? new Date(unix * 1000).toISOString().slice(0, 10) : "");

/** A latency to two or three digits: `0.4 ms`, `12 ms`, `1.3 s`; n/a when unknown. */
export function latency(ms: number | null): string {
  if (ms === null) return "n/a";
  if (ms >= 60_000) return duration(ms / 1000);
  if (ms >= 999.5) return `${fixed(ms / 1000, 1)} s`;
  return ms >= 10 ? `${fixed(ms, 0)} ms` : `${Number(ms.toPrecision(2))} ms`;
}

/** A score with two places; `<0.01` rather than a false 0, `>0.99` rather than a false 1. */
export function decimal(value: number): string {
  const shown = fixed(value, 2);
  if (value > 0 && Number(shown) === 0) return "<0.01";
  return value < 1 && Number(shown) === 1 ? ">0.99" : shown;
}

/** Calls, errors and latencies in a few words. */
export function traffic(stats: Stats | null): string {
  if (!stats) return "no traffic observed";
  const errors = stats.calls ? `${percent(stats.errors, stats.calls)} (${number(stats.errors)} of ${number(stats.calls)})` : "n/a";
  const times = `p50 ${latency(stats.p50_ms)}, p95 ${latency(stats.p95_ms)}, p99 ${latency(stats.p99_ms)}`;
  return dotted([counted(stats.calls, "call"), `errors ${errors}`, times]);
}

export const dotted = (parts: readonly string[]): string => parts.filter(Boolean).join(" · ");

/** The name of a technique in a sentence: `in-process`. */
export const techniqueName = (technique: string): string => technique.replace("_", "-");

/** `Contract test`: one test of a technique. */
export const testTitle = (data: Data, technique: string): string => (data.extras.techniques[technique]?.title ?? technique).replace(/s$/, "");
