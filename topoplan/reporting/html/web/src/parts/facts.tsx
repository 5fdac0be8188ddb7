// Labels and what is said under them; counts as bars; small tables. All of them are shown as they come.
import type { ComponentChildren } from "preact";
import { number } from "../words";

export function Facts({ rows }: { rows: readonly (readonly [ComponentChildren, readonly ComponentChildren[]])[] }) {
  return (
    <dl class="facts">
      {rows.map(([label, words]) => (
        <div>
          <dt>{label}</dt>
          <dd>
            {words.map((word, at) => (
              <>
                {at > 0 && <span class="faint"> · </span>}
                <span>{word}</span>
              </>
            ))}
          </dd>
        </div>
      ))}
    </dl>
  );
}

export interface Bar {
  label: ComponentChildren;
  count: number;
  /** Class that colours it: `state-covered`, `level-high`. */
  look?: string;
  /** Where its list is. */
  to?: string;
}

/** Counts beside each other; a count of nothing keeps its line, so that it is seen to be nothing. */
export function Bars({ title, bars }: { title: string; bars: readonly Bar[] }) {
  const most = Math.max(1, ...bars.map((bar) => bar.count));
  return (
    <>
      <h3>{title}</h3>
      <ul class="bars">
        {bars.map(({ label, count, look, to }) => (
          <li>
            <span class="label">{to && count ? <a href={to}>{label}</a> : label}</span>
            <svg class={`bar ${look ?? "plain"}`} viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
              <rect class="full" width={count ? Math.max((100 * count) / most, 1) : 0} height="10" />
            </svg>
            <span class="figure">{number(count)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

const looks = (head: Head | undefined) => (head?.figure ? "figure" : head?.room && `room-${head.room}`);

export interface Head {
  title: string;
  figure?: boolean;
  room?: "word" | "some" | "much";
}

/** A table that is short enough to be shown whole, in an order that says something. */
export function Rows({ caption, head, rows }: { caption: string; head: readonly Head[]; rows: readonly (readonly ComponentChildren[])[] }) {
  return (
    <div class="scroll rows" tabIndex={0} role="region" aria-label={caption}>
      <table>
        <caption class="off-screen">{caption}</caption>
        <thead>
          <tr>
            {head.map((column) => (
              <th scope="col" class={column.figure ? "figure" : undefined}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr>
              {row.map((cell, at) => (
                <td class={looks(head[at])}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
