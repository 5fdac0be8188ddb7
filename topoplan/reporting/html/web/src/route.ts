// Where the page is: everything a link can say stands in the address, after the #.
import { useEffect, useState } from "preact/hooks";

export type Route = Readonly<Record<string, string>>;

export const VIEWS = ["overview", "graph", "matrix", "boundaries", "plan", "gaps", "drift", "sources"] as const;
export type View = (typeof VIEWS)[number];
/** Everything in one document, for paper: a place without a tab. */
export const WHOLE = "all";
export type Place = View | typeof WHOLE;

export function parse(hash: string): Route {
  return Object.fromEntries(new URLSearchParams(hash.replace(/^#/, "")));
}

/** The address of a place: `{ boundary: "a->b/http" }` alone opens the boundary. */
export function href(route: Route): string {
  const entries = Object.entries(route).filter(([, value]) => value !== "");
  return `#${new URLSearchParams(entries)}`;
}

export function viewOf(route: Route): Place {
  if (route["view"] === WHOLE) return WHOLE;
  const named = VIEWS.find((view) => view === route["view"]);
  return named ?? (route["boundary"] !== undefined ? "boundaries" : "overview");
}

/** Whether this page has shown another place before: only then does back stay in it. */
let moved = false;

/** Leaves a boundary: to where the page was before, or to the list when a link from elsewhere led here. */
export function leave(): void {
  if (moved) history.back();
  else go({ view: "boundaries" }, "replace");
}

/** Goes to a place. What is typed or clicked often does not fill the back button: `replace` it then. */
export function go(route: Route, how: "push" | "replace" = "push"): void {
  const address = href(route);
  if (address === location.hash) return;
  if (how === "push") {
    history.pushState(null, "", address);
    moved = true;
  } else history.replaceState(null, "", address);
  dispatchEvent(new HashChangeEvent("hashchange"));
}

/** Changes parts of the present place; an empty value takes a part away. */
export function change(parts: Route, how: "push" | "replace" = "push"): void {
  const route = parse(location.hash);
  go({ ...route, view: viewOf(route), ...parts }, how);
}

export function useRoute(): Route {
  const [route, setRoute] = useState(() => parse(location.hash));
  useEffect(() => {
    const read = (event: Event) => {
      // A link or the browser's own buttons; what `go` tells of is known already.
      if (event.isTrusted) moved = true;
      setRoute(parse(location.hash));
    };
    addEventListener("hashchange", read);
    addEventListener("popstate", read);
    return () => {
      removeEventListener("hashchange", read);
      removeEventListener("popstate", read);
    };
  }, []);
  return route;
}
