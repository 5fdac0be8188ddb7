// What to print: the view that is shown, or everything in one document.
import { useRef } from "preact/hooks";
import { go, WHOLE } from "../route";

export function PrintMenu() {
  const menu = useRef<HTMLDetailsElement>(null);
  const close = () => menu.current?.removeAttribute("open");
  const left = (event: FocusEvent) => event.relatedTarget instanceof Node && !menu.current?.contains(event.relatedTarget) && close();
  const chosen = (whole: boolean) => {
    close();
    if (whole) go({ view: WHOLE });
    // The view must be there before it goes to paper.
    setTimeout(() => print(), whole ? 300 : 0);
  };
  return (
    <details class="menu" ref={menu} onFocusOut={left} onKeyDown={(event) => event.key === "Escape" && close()}>
      <summary>Print</summary>
      <div class="menu-items">
        <button type="button" onClick={() => chosen(false)}>
          This view
        </button>
        <button type="button" onClick={() => chosen(true)}>
          The whole report
        </button>
      </div>
    </details>
  );
}
