// How values are said; figures are never rounded into a false claim.
import type { Boundary } from "./schema";
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
  const shown = Math.round((100 * part) / whole);
  if (shown <= 0 && part > 0) return "<1 %";
  return shown >= 100 && part < whole ? ">99 %" : `${shown} %`;
}

export const number = (value: number): string => value.toLocaleString("en-GB");

export const counted = (count: number, noun: string, nouns = `${noun}s`): string => `${number(count)} ${count === 1 ? noun : nouns}`;

/** Person-hours: `2 h`, `1.5 h`, `120 h`. */
export function hours(value: number): string {
  if (value >= 10 || Number.isInteger(value)) return `${number(Math.round(value))} h`;
  return `${Math.max(value, 0.1).toFixed(1)} h`;
}

/** Seconds of a run: `45 s`, `9 min 22 s`, `2 h 5 min`. */
export function duration(value: number): string {
  const whole = Math.round(value);
  if (whole < 60) return `${whole || (value > 0 ? "<1" : 0)} s`;
  const [minutes, seconds] = [Math.floor(whole / 60), whole % 60];
  if (minutes < 60) return seconds ? `${minutes} min ${seconds} s` : `${minutes} min`;
  return minutes % 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${Math.floor(minutes / 60)} h`;
}

export const day = (unix: number): string => (unix > 0 ? new Date(unix * 1000).toISOString().slice(0, 10) : "");
