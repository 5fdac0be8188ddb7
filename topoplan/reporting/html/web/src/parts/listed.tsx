// A list of which the first are shown, and the rest when asked for.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { number } from "../words";

interface Props<Item> {
  items: readonly Item[];
  most?: number;
  class?: string;
  children: (item: Item) => ComponentChildren;
}

export function Listed<Item>({ items, most = 20, class: name, children }: Props<Item>) {
  const [all, setAll] = useState(false);
  const shown = all ? items : items.slice(0, most);
  return (
    <>
      <ul class={name ?? "listed"}>
        {shown.map((item, at) => (
          <li key={at}>{children(item)}</li>
        ))}
      </ul>
      {shown.length < items.length && (
        <p class="more">
          <button type="button" onClick={() => setAll(true)}>
            Show {number(items.length - shown.length)} more
          </button>
        </p>
      )}
    </>
  );
}
