import type { LanguageModelV4Prompt } from "@ai-sdk/provider";
import { fitting, jsonBytes } from "../../protocol/bytes";
import { type JsonValue, parseJson, withoutHalves } from "../../protocol/json";
import { LIMITS } from "../../protocol/limits";
import { OUTCOME_UNKNOWN, textOf } from "../../protocol/tools/rounds";
import type { StepRecord, StepRequest } from "../../resources/step";
import { namedFile } from "../files/file-words";
import type { FileRecord, MadeFiles } from "../files/made-files";
import { ShownValues } from "../tools/shown-values";
import type { Tool, ToolBox, ToolGave, ToolOutcome } from "../tools/tool-box";
import { mayRepeat, needsApproval } from "../tools/tool-rules";
import type { Voice } from "../voice";
import { type ModelAnswer, noteOf } from "./answering";
import type { FilePart } from "./files/message-files";
import {
  type DoneCall,
  memoOf,
  type RoundDone,
  roundInWords,
  roundsOf,
  spokenRound,
} from "./round-prompt";

type Parts = {
  request: StepRequest;
  voice: Voice;
  signal: AbortSignal;
  tools: ToolBox;
  made: MadeFiles;
};

/** Said to a model of calls that were not made, or of which nobody knows. */
const CUT_CALL =
  "The call was cut off by the limit of tokens and was not made. Make a shorter one, or answer.";
const UNREADABLE_CALL = "The arguments of the call are not JSON.";

/** Bytes of a round's event beside what was said and the calls. */
const AROUND_BYTES = 4 * 1024;

type ToolCallRecord = Extract<StepRecord, { type: "tool-call" }>;

/**
 * The rounds of a step in which its model had tools called, those of earlier attempts among them. Each
 * is committed before any of its calls is made, and each result as it comes (decision 15).
 */
export class ToolRounds {
  readonly #parts: Parts;
  readonly #shown: ShownValues;
  readonly #rounds: RoundDone[];
  #fruitless = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
    const { rounds } = parts.request;
    this.#shown = new ShownValues(rounds);
    this.#rounds = roundsOf(rounds);
  }

  /** What was said and done in them, as it follows the prompt; with the files of calls that the model gets. */
  done(files: ReadonlyMap<string, FilePart[]>): LanguageModelV4Prompt {
    return this.#rounds.flatMap((round) => spokenRound(round, files));
  }

  /** The same for a provider that refuses calls. */
  inWords(): LanguageModelV4Prompt {
    return this.#rounds.flatMap(roundInWords);
  }

  /** How many were made. */
  get count(): number {
    return this.#rounds.length;
  }

  /** Rounds since the last in which there was a call that could be made. */
  get fruitless(): number {
    return this.#fruitless;
  }

  /** Goes on with what an earlier attempt left of its last round; whether calls still wait for somebody. */
  async goOn(): Promise<boolean> {
    const last = this.#rounds.at(-1);
    if (!last) return false;
    const open = last.calls.filter(({ outcome }) => !outcome);
    const lost = open.filter((call) => call.isMade && !call.where && !this.#mayRepeat(call));
    const records = lost.map((call) => this.#ended(call, { error: OUTCOME_UNKNOWN }));
    return this.#carryOut(last, records);
  }

  /**
   * All calls of a new round at once, each to its end; whether some wait for somebody. `files` came with
   * its words and are committed with them.
   */
  async make(said: ModelAnswer, files: readonly FileRecord[] = []): Promise<boolean> {
    const round = this.count;
    const isCut = said.finishReason === "length";
    const calls = said.calls.map((call, index): DoneCall => {
      const input = inputOf(call);
      return {
        ...{ round, index, toolCallId: call.toolCallId, name: call.toolName },
        input: input ?? call.input,
        ...(call.providerMetadata && { providerOptions: call.providerMetadata }),
        ...(input === undefined && { isUnreadable: true }),
      };
    });
    this.#shorten(calls, said);
    const isFruitless = isCut || calls.every(({ isUnreadable }) => isUnreadable);
    this.#fruitless = isFruitless ? this.#fruitless + 1 : 0;
    const made: RoundDone = { round, text: wordsOf(said, "text"), words: said.words, calls };
    const records = [...files, this.#announced(made, said)];
    for (const call of calls) {
      const error = isCut ? CUT_CALL : call.isUnreadable ? UNREADABLE_CALL : undefined;
      if (error !== undefined) records.push(this.#called(call), this.#ended(call, { error }));
    }
    this.#rounds.push(made);
    return this.#carryOut(made, records);
  }

  /** Commits `records` with what is begun now, and makes the calls that nobody has to be asked for. */
  async #carryOut({ calls }: RoundDone, records: StepRecord[]): Promise<boolean> {
    const { voice, signal } = this.#parts;
    const open = calls.filter(({ outcome }) => !outcome);
    const asks = open.filter((call) => this.#isToAsk(call));
    const handed = open.filter((call) => !asks.includes(call) && this.#isClients(call));
    const now = open.filter((call) => !asks.includes(call) && !handed.includes(call));
    for (const call of asks) {
      if (call.approval === undefined)
        records.push({ ...this.#called(call), type: "tool-approval" });
    }
    for (const call of handed) {
      if (!call.isMade) records.push({ ...this.#called(call), where: "client" });
    }
    for (const call of now) records.push(this.#called(call));
    if (records.length > 0) await voice.record(records);
    voice.settle(textOf(this.#rounds));
    await Promise.all(now.map((call) => this.#use(call)));
    return !signal.aborted && asks.length + handed.length > 0;
  }

  async #use(call: DoneCall): Promise<void> {
    const { voice, signal, tools } = this.#parts;
    const { round, index, name, input } = call;
    const gave = await tools.call(name, input, {
      ...{ key: this.#keyOf(call), signal },
      onProgress: (progress) => voice.report({ type: "tool-progress", round, index, ...progress }),
    });
    const { files, outcome } = await this.#keptOf(call, gave);
    await voice.record([...files, this.#ended(call, outcome)]);
  }

  /** Stores the files that a call gave; the model is told by name which of them there are. */
  async #keptOf(
    { round, index }: DoneCall,
    gave: ToolGave,
  ): Promise<{ files: FileRecord[]; outcome: ToolOutcome }> {
    if ("error" in gave || !gave.files) return { files: [], outcome: gave };
    const at = { place: `${round}:${index}`, call: { round, index } };
    const made = await this.#parts.made.offer(gave.files, at);
    const lines = made.map((one) =>
      "record" in one
        ? `[Attached to the answer: ${namedFile(one.record.attachment)}]`
        : `[A file was left out: ${one.name}: ${one.why}]`,
    );
    const files = made.flatMap((one) => ("record" in one ? [one.record] : []));
    return { files, outcome: { output: [gave.output, ...lines].join("\n").trim() } };
  }

  #isToAsk({ name, approval }: DoneCall): boolean {
    if (approval !== undefined) return approval === "asked";
    const tool = this.#tool(name);
    return tool !== undefined && needsApproval(tool);
  }

  #isClients({ name, where }: DoneCall): boolean {
    if (where === "client") return true;
    const tool = this.#tool(name);
    return tool !== undefined && tool.server === undefined;
  }

  #mayRepeat({ name }: DoneCall): boolean {
    const tool = this.#tool(name);
    return tool !== undefined && mayRepeat(tool);
  }

  #tool(name: string): Tool | undefined {
    return this.#parts.tools.tools.find((tool) => tool.name === name);
  }

  /** The same for every attempt at this very call, and for a turn that is tried again. */
  #keyOf({ round, index, run }: DoneCall): string {
    const { turnId, step, run: current } = this.#parts.request;
    return [turnId, step, run ?? current, round, index].join(":");
  }

  /** As many calls as fit into the round's event: a provider may ask for any number, and no more are made. */
  #shorten(calls: DoneCall[], { words }: ModelAnswer): void {
    calls.splice(LIMITS.roundCalls);
    const sizes = calls.map((call) => jsonBytes(this.#shownCall(call)));
    const room = LIMITS.rowBytes - AROUND_BYTES - jsonBytes(words.map(({ text }) => text));
    calls.splice(fitting(sizes, room));
  }

  #announced(made: RoundDone, said: ModelAnswer): StepRecord {
    const thinking = wordsOf(said, "reasoning");
    const memo = memoOf(made);
    return {
      type: "round",
      round: made.round,
      text: made.text.toWellFormed(),
      ...(thinking !== "" && { thinking: thinking.toWellFormed() }),
      ...(said.usage && { usage: said.usage }),
      ...(memo !== undefined && { memo }),
      calls: made.calls.map((call) => ({
        ...(call.shown ?? this.#shownCall(call)),
        ...(call.shown?.cut && { whole: call.input }),
      })),
    };
  }

  #shownCall(call: DoneCall): Omit<ToolCallRecord, "type"> {
    const place = placeOf(call);
    const { value, cut } = this.#shown.take(call.input, JSON.stringify(place));
    call.shown = { ...place, input: value, ...(cut && { cut }) };
    return call.shown;
  }

  #called(call: DoneCall): ToolCallRecord {
    const { input, ...place } = call.shown ?? this.#shownCall(call);
    return { type: "tool-call", ...place, input };
  }

  #ended(call: DoneCall, outcome: ToolOutcome): StepRecord {
    call.outcome = outcome;
    const isError = "error" in outcome;
    const given = isError ? outcome.error : outcome.output;
    const { value, cut } = this.#shown.take(given, "");
    return {
      type: "tool-result",
      ...placeOf(call),
      ...(isError ? { error: String(value) } : { output: value }),
      ...(cut && { cut, whole: given }),
    };
  }
}

function wordsOf({ words }: ModelAnswer, type: "text" | "reasoning"): string {
  return words.flatMap((part) => (part.type === type ? part.text : [])).join("");
}

/** Names and ids are the provider's, of any length. */
function placeOf({ round, index, toolCallId, name }: DoneCall) {
  return { round, index, toolCallId: bounded(toolCallId), name: bounded(name) };
}

function bounded(text: string): string {
  return text.slice(0, LIMITS.toolNameChars).toWellFormed();
}

function inputOf(call: ModelAnswer["calls"][number]): JsonValue | undefined {
  if (noteOf(call, "unreadable") === true) return undefined;
  if (call.input.trim() === "") return {};
  const json = parseJson(withoutHalves(call.input));
  return json.ok ? (json.value as JsonValue) : undefined;
}
