// What the lines of a picture say: colour, letters, width, dash, and all of it in words.
import type { Data } from "../data";
import { bandOf, counted, number } from "../words";
import type { Said } from "./canvas";
import { type Look, lookOf } from "./model";
import type { Line, Scene } from "./scene";

const OF_BAND: Record<string, number> = { low: 2, medium: 3, high: 5 };

/** By line. `technique` narrows the gaps that are looked at; `width` is `risk` or `traffic`. */
export function said(data: Data, scene: Scene, technique: string, width: string): Map<string, Said> {
  const traffic = new Map(scene.lines.map((line) => [line.key, line.links.reduce((sum, link) => sum + link.calls, 0)]));
  const most = Math.max(1, ...traffic.values());
  return new Map(
    scene.lines.map((line) => {
      const look = worst(data, line, technique);
      const score = line.figures?.score ?? highest(line);
      const calls = traffic.get(line.key) ?? 0;
      const wide = width === "traffic" ? (calls ? 1 + Math.round(4 * Math.sqrt(calls / most)) : 1) : score === undefined ? 1 : (OF_BAND[bandOf(data, score)] ?? 1);
      const dashed = line.links.length > 0 && line.links.every((link) => link.dashed);
      const change = line.links.length > 0 && line.links.every((link) => link.change === "new") ? "new" : look.state === "gone" ? "gone" : "";
      const count = line.figures?.boundaries ?? line.links.length;
      const bundle = count > 1 ? `${number(count)}× ` : "";
      const sign = data.extras.states[look.state]?.sign ?? "";
      const mark = bundle + (data.extras.techniques[look.technique]?.sign ?? "") + sign;
      const words = [
        `${scene.shapes.get(line.tail)?.name} → ${scene.shapes.get(line.head)?.name}`,
        count > 1 && counted(count, "boundary", "boundaries"),
        look.state === "gone" ? "gone" : look.technique ? `${data.extras.techniques[look.technique]?.title} ${look.state}` : look.state || "no test recommended",
        score !== undefined && `risk ${score} (${bandOf(data, score)})`,
        calls > 0 && counted(calls, "call"),
        line.message && "messages",
        dashed && "declared, never observed",
        change === "new" && "new",
      ];
      return [line.key, { look: look.state || "none", beside: besideOf(scene, line), mark: mark.trim(), width: wide, dashed, change, told: words.filter(Boolean).join(", ") }];
    }),
  );
}

/** One end is no part of the system. */
const besideOf = (scene: Scene, { tail, head }: Line): boolean =>
  [tail, head].some((key) => {
    const shape = scene.shapes.get(key);
    return shape?.vertex?.beside || shape?.group?.basis === "beside";
  });

function highest(line: Line): number | undefined {
  const scores = line.links.flatMap((link) => link.score ?? []);
  return scores.length ? Math.max(...scores) : undefined;
}

/** Of the boundary with most open risk; of several, what is known of all. */
function worst(data: Data, line: Line, technique: string): Look {
  const looks = line.links.map((link) => lookOf(data, link, technique));
  const open = looks.filter((look) => look.technique).sort((a, b) => b.openRisk - a.openRisk)[0];
  if (open) return open;
  if (line.figures && !technique && line.figures.boundaries > looks.length) return { state: line.figures.state, technique: "", openRisk: 0 };
  return looks.find((look) => look.state === "gone") ?? looks.find((look) => !look.state) ?? looks[0] ?? { state: "", technique: "", openRisk: 0 };
}
