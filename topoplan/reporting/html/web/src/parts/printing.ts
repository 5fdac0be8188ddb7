// Whether the page is on its way to paper, where nothing can be opened, paged or filtered.
import { useEffect, useState } from "preact/hooks";
import { type Route, viewOf, WHOLE } from "../route";

/** True while the browser prints, and wherever the whole report is shown. */
export function usePrinting(route: Route): boolean {
  const [printing, setPrinting] = useState(false);
  useEffect(() => {
    const [before, after] = [() => setPrinting(true), () => setPrinting(false)];
    addEventListener("beforeprint", before);
    addEventListener("afterprint", after);
    return () => {
      removeEventListener("beforeprint", before);
      removeEventListener("afterprint", after);
    };
  }, []);
  return printing || viewOf(route) === WHOLE;
}
