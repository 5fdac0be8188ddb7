// A list of which the first are shown, and the rest when asked for or on paper.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { parse } from "../route";
import { number } from "../words";
import { usePrinting } from "./printing";

interface Props<Item> {
  items: readonly Item[];
  most?: number;
  class?: string;
  children: (item: Item) => ComponentChildren;
}

export function Listed<Item>(props: Props<Item>) {
  return props.items.length > (props.most ?? MOST) ? <Cut {...props} /> : <Plain {...props} />;
}

const MOST = 20;

const Plain = <Item,>({ items, class: name = "listed", children }: Props<Item>) => (
  <ul class={name}>
    {items.map((item, at) => (
      <li key={at}>{children(item)}</li>
    ))}
  </ul>
);

function Cut<Item>(props: Props<Item>) {
  const { items, most = MOST } = props;
  const [asked, setAsked] = useState(false);
  const printing = usePrinting(parse(location.hash));
  if (asked || printing) return <Plain {...props} />;
  return (
    <>
      <Plain {...props} items={items.slice(0, most)} />
      <p class="more">
        <button type="button" onClick={() => setAsked(true)}>
          Show {number(items.length - most)} more
        </button>
      </p>
    </>
  );
}
