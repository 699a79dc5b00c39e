import { type Fields, isFields, listOf } from "../json";
import { argumentsIn, textIn, wordIn } from "./said-values";

export type Kind = "message" | "reasoning" | "function_call" | "other";

export type Item = {
  kind: Kind;
  /** The first that it was given: some servers give another with each event. */
  id: string;
  /** As the SDK's reader hears of it. */
  index: number;
  /** Its place in the provider's list, if it was told. */
  place: unknown;
  /** Its words, or its thinking, so far. */
  said: string;
  call: { id: string | undefined; name: string; arguments: string };
  parts: Set<number>;
  isDone: boolean;
};

export const TEXT = "response.output_text.delta";
export const THOUGHT = "response.reasoning_summary_text.delta";

export function kindOf(type: unknown): Kind {
  return type === "message" || type === "reasoning" || type === "function_call" ? type : "other";
}

export function partBegun(item: Item, number: number): Fields[] {
  if (item.kind !== "reasoning" || item.parts.has(number)) return [];
  item.parts.add(number);
  const type = "response.reasoning_summary_part.added";
  return [{ type, item_id: item.id, output_index: item.index, summary_index: number }];
}

export function deltaEvent(
  { kind, id, index }: Item,
  delta: string,
  summary_index: number,
): Fields {
  const at = { item_id: id, output_index: index, delta };
  return kind === "reasoning" ? { type: THOUGHT, ...at, summary_index } : { type: TEXT, ...at };
}

export function addedItem({ kind, id, call }: Item, given: Fields): Fields {
  if (kind === "message") return { type: kind, id, ...phaseIn(given) };
  if (kind === "reasoning") return { type: kind, id, ...sealedIn(given) };
  return { type: kind, id, call_id: call.id ?? id, name: call.name, arguments: "" };
}

export function doneItem({ kind, id, call }: Item, given: Fields): Fields {
  if (kind === "message") return { type: kind, id, ...phaseIn(given) };
  if (kind === "reasoning") return { type: kind, id, ...sealedIn(given) };
  return {
    ...{ type: kind, id, status: "completed" },
    call_id: wordIn(given.call_id) ?? call.id ?? id,
    name: wordIn(given.name) ?? call.name,
    arguments: argumentsIn(given.arguments) || call.arguments,
  };
}

function phaseIn({ phase }: Fields): Fields {
  return phase === "commentary" || phase === "final_answer" ? { phase } : {};
}

function sealedIn({ encrypted_content }: Fields): Fields {
  return typeof encrypted_content === "string" ? { encrypted_content } : {};
}

/** All words of an item that is whole. */
export function textOf(kind: Kind, { content, summary }: Fields): string {
  const parts = kind === "reasoning" && listOf(summary).length > 0 ? summary : content;
  return listOf(parts)
    .map((part) =>
      isFields(part) ? textIn(part.text ?? part.refusal) : typeof part === "string" ? part : "",
    )
    .join("");
}
