// Why a boundary scores as it does: each factor with its value, its weight, what it adds, and what it rests on.
import type { Data } from "../data";
import { Section } from "../parts/section";
import type { Factor, ModeRisk, RiskProfile } from "../schema";
import { bandOf, decimal } from "../words";

export function RiskOf({ data, profile }: { data: Data; profile: RiskProfile }) {
  return (
    <Section title={`Why ${profile.score} of 100`} beside="risk before any test; each bar: how strongly the reason is present">
      <div class="scroll" tabIndex={0} role="region" aria-label="Factors of the risk">
        <table class="factors">
          <caption class="off-screen">Factors of the impact and of each failure mode</caption>
          <thead>
            <tr>
              <th scope="col">Factor</th>
              <th scope="col">Value</th>
              <th scope="col" class="figure">
                Weight
              </th>
              <th scope="col" class="figure">
                Adds
              </th>
              <th scope="col">Reason</th>
            </tr>
          </thead>
          <Factors title="Impact" told={decimal(profile.impact)} value={profile.impact} factors={profile.impact_factors} data={data} />
          {profile.modes.map((mode) => (
            <Factors key={mode.mode} title={mode.mode} told={sumOf(mode)} value={mode.risk} factors={mode.factors} data={data} />
          ))}
        </table>
      </div>
      {profile.missing.length > 0 && (
        <>
          <h3>Not known</h3>
          <ul class="listed">
            {profile.missing.map((missing) => (
              <li key={missing}>{missing}</li>
            ))}
          </ul>
        </>
      )}
    </Section>
  );
}

const sumOf = (mode: ModeRisk): string => `risk ${decimal(mode.risk)} = likelihood ${decimal(mode.likelihood)} × impact`;

interface Props {
  data: Data;
  title: string;
  told: string;
  value: number;
  factors: readonly Factor[];
}

function Factors({ data, title, told, value, factors }: Props) {
  return (
    <tbody>
      <tr class="head">
        <th scope="rowgroup" colSpan={5}>
          {title} <Bar share={value} look={`level-${bandOf(data, Math.round(100 * value))}`} /> <span class="faint">{told}</span>
        </th>
      </tr>
      {factors.map((factor) => (
        <tr key={factor.name} class={factor.value === null ? "faint" : undefined}>
          <td>{factor.name}</td>
          <td class="value">
            {factor.value === null ? (
              "not known"
            ) : (
              <>
                <Bar share={factor.value} look="plain" /> {decimal(factor.value)}
              </>
            )}
          </td>
          <td class="figure">{factor.weight ? decimal(factor.weight) : ""}</td>
          <td class="figure">{factor.value === null ? "n/a" : `+${decimal(factor.contribution)}`}</td>
          <td>
            {factor.reason}
            {factor.facts.map((fact) => (
              <div key={fact} class="place">
                {fact}
              </div>
            ))}
          </td>
        </tr>
      ))}
    </tbody>
  );
}

const Bar = ({ share, look }: { share: number; look: string }) => (
  <svg class={`bar ${look}`} viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
    <rect class="ground" width="100" height="10" />
    <rect class="full" width={Math.round(share * 1000) / 10} height="10" />
  </svg>
);
