// The frame of the page: heading, views, theme, messages.
import type { ComponentType } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type Data, document_, isComplete } from "./data";
import { fileName, save } from "./handing";
import { onTold } from "./parts/told";
import { PrintMenu } from "./parts/print_menu";
import { go, href, leave, parse, type Place, useRoute, viewOf, VIEWS } from "./route";
import { counted, number } from "./words";
import type { ViewProps } from "./view";
import { Boundaries } from "./views/boundaries";
import { Drift } from "./views/drift";
import { Gaps } from "./views/gaps";
import { Graph } from "./views/graph";
import { Matrix } from "./views/matrix";
import { Overview } from "./views/overview";
import { Plan } from "./views/plan";
import { Sources } from "./views/sources";
import { Whole } from "./views/whole";

interface Tab {
  title: string;
  shows: ComponentType<ViewProps>;
  count?: (data: Data) => number;
}

/** Of the whole system, whatever the page holds of it. */
const total = (tally: object): number => Object.values(tally).reduce((sum: number, count: number) => sum + count, 0);

const TABS: Record<Place, Tab> = {
  overview: { title: "Overview", shows: Overview },
  graph: { title: "Graph", shows: Graph },
  matrix: { title: "Matrix", shows: Matrix },
  boundaries: { title: "Boundaries", shows: Boundaries, count: ({ report }) => total(report.summary.boundaries) },
  plan: { title: "Plan", shows: Plan, count: ({ report }) => total(report.summary.tests) },
  gaps: { title: "Gaps", shows: Gaps, count: ({ report }) => total(report.summary.gaps) },
  drift: { title: "Drift", shows: Drift, count: ({ report }) => total(report.summary.drift) },
  sources: { title: "Sources and method", shows: Sources },
  all: { title: "Whole report", shows: Whole },
};

export function App({ data }: { data: Data }) {
  const route = useRoute();
  const view = viewOf(route);
  const { title, shows: Shown } = TABS[view];
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    document.title = `${title} · ${data.report.system} · topoplan`;
  }, [view]);
  // A new place starts at its top, and a screen reader goes there too.
  const place = `${view} ${route["boundary"] ?? ""} ${route["test"] ?? ""}`;
  const first = useRef(true);
  useEffect(() => {
    if (!first.current) {
      main.current?.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
    first.current = false;
  }, [place]);
  useEffect(() => {
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  const failed = data.report.summary.sources.failed;
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => (event.preventDefault(), main.current?.focus())}>
        Skip to the view
      </a>
      <header class="page-head">
        <h1>
          {data.report.system} <span class="faint">test topology</span>
        </h1>
        <nav aria-label="Views">
          <ol>
            {VIEWS.map((one, at) => (
              <li key={one}>
                <a href={href({ view: one })} aria-current={one === view ? "page" : undefined} title={`Key ${at + 1}`}>
                  {TABS[one].title}
                  {TABS[one].count && <span class="badge">{number(TABS[one].count(data))}</span>}
                </a>
              </li>
            ))}
          </ol>
        </nav>
        <div class="page-tools">
          <button type="button" onClick={async () => save(fileName(data.report.system, isComplete(data) ? "report.json" : "part-of-report.json"), await document_())}>
            JSON
          </button>
          <PrintMenu />
          <Theme />
        </div>
      </header>
      {failed > 0 && (
        <p class="warning">
          {counted(failed, "file")} could not be read: what {failed === 1 ? "it says" : "they say"} is missing here.{" "}
          <a href={href({ view: "sources", state: "failed" })}>Which</a>
        </p>
      )}
      {data.extras.reduced && <p class="warning">{data.extras.reduced}</p>}
      <main ref={main} id="main" tabIndex={-1}>
        <Shown key={view} data={data} route={route} />
      </main>
      <footer class="page-foot">
        topoplan {data.report.tool.version}
        {data.extras.asOf && ` · newest evidence of ${data.extras.asOf}`} · keys: 1–{VIEWS.length} views, / filter
      </footer>
      <Told />
    </>
  );
}

function onKey(event: KeyboardEvent): void {
  const typing = event.target instanceof HTMLElement && event.target.closest("input, select, textarea");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const view = VIEWS[Number(event.key) - 1];
  const filter = document.querySelector<HTMLInputElement>("input[type=search]");
  if (view) go({ view });
  else if (event.key === "/" && filter) filter.focus();
  else if (event.key === "Escape" && parse(location.hash)["boundary"] !== undefined) leave();
  else return;
  event.preventDefault();
}

function Told() {
  const [text, setText] = useState("");
  useEffect(
    () =>
      onTold((told) => {
        setText(told);
        setTimeout(() => setText((now) => (now === told ? "" : now)), 4000);
      }),
    [],
  );
  return (
    <div class={text ? "told" : "told off-screen"} role="status">
      {text}
    </div>
  );
}

const THEMES = ["system", "light", "dark"] as const;
const KEPT = "topoplan-theme";

function Theme() {
  const [theme, setTheme] = useState<string>(kept);
  useEffect(() => {
    if (theme === "system") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = theme;
    try {
      localStorage.setItem(KEPT, theme);
    } catch {
      // A page opened from a disk may not be allowed to keep anything.
    }
  }, [theme]);
  return (
    <label class="choice">
      Theme{" "}
      <select value={theme} onChange={(event) => setTheme(event.currentTarget.value)}>
        {THEMES.map((one) => (
          <option key={one}>{one}</option>
        ))}
      </select>
    </label>
  );
}

function kept(): string {
  try {
    return THEMES.find((one) => one === localStorage.getItem(KEPT)) ?? "system";
  } catch {
    return "system";
  }
}
