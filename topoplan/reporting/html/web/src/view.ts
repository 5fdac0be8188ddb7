// What every view gets.
import type { Data } from "./data";
import type { Route } from "./route";

export interface ViewProps {
  data: Data;
  route: Route;
}
