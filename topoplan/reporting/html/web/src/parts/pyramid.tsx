// Cases by level, those that exist and those planned, against what the slices ask for.
import type { PlanExtras } from "../data";
import type { Level } from "../schema";
import { Empty } from "./section";

interface Props {
  levels: readonly Level[];
  words: PlanExtras["pyramid"];
}

export function Pyramid({ levels, words }: Props) {
  const bands = levels.map((level) => level.wanted as unknown as [number, number]);
  const most = Math.max(1, ...levels.map((level) => level.existing + level.planned), ...bands.map(([, high]) => high));
  if (!levels.some((level) => level.existing + level.planned)) return <Empty>No case is planned, none is known.</Empty>;
  return (
    <>
      <div class="scroll" tabIndex={0} role="region" aria-label="Pyramid of tests">
        <table class="pyramid">
          <caption class="off-screen">Pyramid of tests, in cases</caption>
          <thead>
            <tr>
              <th scope="col">Level</th>
              <th scope="col" class="figure">
                Existing
              </th>
              <th scope="col" class="figure">
                Planned
              </th>
              <th scope="col" class="figure">
                Wanted
              </th>
              <th scope="col">
                <span class="off-screen">Picture</span>
              </th>
              <th scope="col">
                <span class="off-screen">Verdict</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {levels.map((level, at) => {
              const [low, high] = bands[at] ?? [0, 0];
              const word = words[at];
              const width = (cases: number) => (100 * cases) / most;
              return (
                <tr>
                  <th scope="row">{word?.title ?? level.name}</th>
                  <td class="figure">{word?.existing}</td>
                  <td class="figure">{word?.planned}</td>
                  <td class="figure">{word?.wanted}</td>
                  <td class="picture">
                    <svg viewBox="0 0 100 16" preserveAspectRatio="none" aria-hidden="true">
                      {high > 0 && <rect class="wanted" x={width(low)} y="0" width={Math.max(width(high - low), 0.5)} height="16" />}
                      <rect class="existing" y="4" width={width(level.existing)} height="8" />
                      <rect class="planned" x={width(level.existing)} y="4" width={width(level.planned)} height="8" />
                    </svg>
                  </td>
                  <td class="room-word">{word?.verdict}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <p class="faint">
        <span class="key existing" aria-hidden="true" /> first: existing <span class="key planned" aria-hidden="true" /> then: planned{" "}
        <span class="key wanted" aria-hidden="true" /> behind: wanted for the slices there are
      </p>
    </>
  );
}
