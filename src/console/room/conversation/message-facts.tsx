import type { Message } from "../../../client";
import { durationText } from "../../parts/duration";

/** What an answer tells of its making, in one quiet line. */
export function MessageFacts({ message: { metadata } }: { message: Message }) {
  const { model, durationMs, truncatedContext, attempt, usage } = metadata;
  const tokens = outputTokens(usage);
  const facts = [
    typeof model === "string" && model,
    tokens !== undefined && `${tokens} tokens`,
    typeof durationMs === "number" && durationText(durationMs),
    typeof attempt === "number" && attempt > 1 && `attempt ${attempt}`,
    typeof truncatedContext === "number" &&
      truncatedContext > 0 &&
      `${truncatedContext} older messages did not fit the model's window`,
  ].filter((fact) => typeof fact === "string");
  if (facts.length === 0) return null;
  return <p class="facts quiet">{facts.join(" · ")}</p>;
}

function outputTokens(usage: unknown): number | undefined {
  if (typeof usage !== "object" || usage === null) return undefined;
  const count: unknown = Reflect.get(usage, "outputTokens");
  return typeof count === "number" ? count : undefined;
}
