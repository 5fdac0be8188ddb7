// The frame of everything on a page: a heading that can be linked to, and what it holds.
import type { ComponentChildren } from "preact";

interface Props {
  title: string;
  /** Stands right of the heading: buttons, counts. */
  beside?: ComponentChildren;
  children: ComponentChildren;
}

export function Section({ title, beside, children }: Props) {
  return (
    <section>
      <header class="section-head">
        <h2>{title}</h2>
        {beside && <div class="beside">{beside}</div>}
      </header>
      {children}
    </section>
  );
}

export function Empty({ children }: { children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}
