import { isOutcomeUnknown, type Message, type StreamUse } from "../../../../client";

/** How far a call is, as a person is told. */
export type UseState =
  | "planned"
  | "running"
  | "asks"
  | "with-client"
  | "refused"
  | "done"
  | "failed"
  | "unknown";

/** A use of a tool, of an answer that is being written or of one that is over. */
export type ShownUse = {
  key: string;
  toolCallId: string;
  name: string;
  state: UseState;
  input: unknown;
  output?: unknown;
  error?: string;
  isCut: boolean;
  /** How much of the answer's text stands before it. */
  textOffset: number;
  /** Its place among the answer's calls; nothing in messages of before rounds were counted. */
  place?: { round: number; index: number };
};

/** `isAtWork`: the attempt that makes the calls is there; between attempts nobody knows what they did. */
export function liveUse(call: StreamUse, isAtWork = true): ShownUse {
  const { round, index, toolCallId, name, input, output, error, cut, textOffset } = call;
  return {
    ...{ key: `${round} ${index}`, place: { round, index } },
    ...{ toolCallId, name, input, textOffset, state: stateOf(call, isAtWork), isCut: cut === true },
    ...(output !== undefined && { output }),
    ...(error !== undefined && { error }),
  };
}

function stateOf(call: StreamUse, isAtWork: boolean): UseState {
  const { output, error, approval, where, isMade } = call;
  if (output !== undefined) return "done";
  if (error !== undefined) return failed(call);
  if (approval === "asked") return "asks";
  if (where === "client") return "with-client";
  if (!isMade) return "planned";
  return isAtWork ? "running" : "unknown";
}

function failed(use: { error?: string | undefined; refused?: unknown }): UseState {
  if (use.refused === true) return "refused";
  return isOutcomeUnknown(use) ? "unknown" : "failed";
}

/** What an answer's making called, as its metadata keeps it. */
export function usesOf({ role, metadata }: Message): ShownUse[] {
  const { tools } = metadata;
  return role === "assistant" && Array.isArray(tools) ? tools.flatMap(keptUse) : [];
}

/** A use that stayed without an end was cut off together with its answer: nobody knows what it did. */
function keptUse(value: unknown, at: number): ShownUse[] {
  if (typeof value !== "object" || value === null) return [];
  const field = (name: string): unknown => Reflect.get(value, name);
  const [toolCallId, name, error] = [field("toolCallId"), field("name"), field("error")];
  if (typeof toolCallId !== "string" || typeof name !== "string") return [];
  const [output, textOffset] = [field("output"), field("textOffset")];
  const outcome = {
    ...(output !== undefined && { output }),
    ...(typeof error === "string" && { error }),
  };
  const use = { toolCallId, name, input: field("input"), isCut: field("cut") === true };
  return [
    {
      ...{ ...use, key: `kept ${at}`, textOffset: typeof textOffset === "number" ? textOffset : 0 },
      state: output === undefined ? failed({ ...outcome, refused: field("refused") }) : "done",
      ...outcome,
    },
  ];
}

/** A stretch of an answer's text, and the uses that follow it. */
export type Part = { key: number; text: string; uses: ShownUse[] };

/** An answer's text with its uses where they were made; the last part has what was said after all. */
export function partsOf(text: string, uses: readonly ShownUse[]): Part[] {
  const parts: Part[] = [];
  let from = 0;
  for (const use of uses) {
    const last = parts.at(-1);
    const end = Math.min(Math.max(use.textOffset, from), text.length);
    if (last && end === from) last.uses.push(use);
    else parts.push({ key: parts.length, text: text.slice(from, end), uses: [use] });
    from = end;
  }
  return [...parts, { key: parts.length, text: text.slice(from), uses: [] }];
}
