// Every view in one document, for paper or for reading from top to bottom.
import type { ComponentType } from "preact";
import { WHOLE } from "../route";
import type { ViewProps } from "../view";
import { Boundaries } from "./boundaries";
import { Drift } from "./drift";
import { Gaps } from "./gaps";
import { Graph } from "./graph";
import { Overview } from "./overview";
import { Plan } from "./plan";
import { Sources } from "./sources";

const PARTS: readonly ComponentType<ViewProps>[] = [Overview, Graph, Boundaries, Plan, Gaps, Drift, Sources];
const ROUTE = { view: WHOLE };

export function Whole({ data }: ViewProps) {
  return (
    <div class="whole">
      {PARTS.map((Part, at) => (
        <div class="whole-part" key={at}>
          <Part data={data} route={ROUTE} />
        </div>
      ))}
    </div>
  );
}
