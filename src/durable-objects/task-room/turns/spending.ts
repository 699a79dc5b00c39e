import type { Spending } from "../../../engine/turn/draft";
import type { Observation } from "../../../platform/metrics";
import type { Usage } from "../../../protocol/usage";
import type { ModelPrices } from "../../../resources/specs";

const MILLION = 1_000_000;

/** Tokens, and what they cost by the prices on the model: those of a remote agent are not of that model. */
export function spendingMetrics({ usage, agent }: Spending): Observation[] {
  const { prices } = agent.model;
  return [
    ...tokens("input", usage.inputTokens),
    ...tokens("output", usage.outputTokens),
    ...(prices && agent.runtime.runtime !== "http" ? cost(costOf(usage, prices), prices) : []),
  ];
}

/** In the prices' currency. What a provider did not count costs nothing. */
export function costOf(
  { inputTokens = 0, outputTokens = 0, cachedInputTokens = 0 }: Usage,
  { inputPerMillion, outputPerMillion, cachedInputPerMillion = inputPerMillion }: ModelPrices,
): number {
  const cached = Math.min(cachedInputTokens, inputTokens);
  const sum =
    (inputTokens - cached) * inputPerMillion +
    cached * cachedInputPerMillion +
    outputTokens * outputPerMillion;
  return Math.max(0, sum) / MILLION;
}

function tokens(direction: "input" | "output", value: number | undefined): Observation[] {
  return value && value > 0
    ? [{ metric: "taskroom_tokens_total", labels: { direction }, value }]
    : [];
}

function cost(value: number, { currency = "USD" }: ModelPrices): Observation[] {
  return value > 0 ? [{ metric: "taskroom_cost_total", labels: { currency }, value }] : [];
}
