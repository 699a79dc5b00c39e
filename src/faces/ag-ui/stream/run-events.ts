import type { ItemOf, TurnItem } from "../../turn-view/item";
import type { AgUiEvent, AnyMessage, RunOutcome } from "../event";
import { textId } from "../shown/ids";
import { addedBy, callOf, nothingShown, resultOf, type Shown, shownAfter } from "../shown/shown";
import { asideOf } from "./asides";
import { OpenParts } from "./open-parts";
import { type Around, merged, showsPart, snapshotOf, snapshotsFor } from "./snapshots";
import { Waits } from "./waits";

export type Run = {
  threadId: string;
  runId: string;
  turnId: string;
  /** Under which files are fetched. */
  origin: string;
  around: Around;
  /** The messages that the client has; a run that only reads tells all of them. */
  has: readonly AnyMessage[];
  tellsAll: boolean;
  /** Clients of before 1.0 know fewer outcomes, and refuse the others. */
  isBefore1: boolean;
};

type Words = ItemOf<"text" | "thinking">;

/** What makes words void; all else adds to what is shown. */
const TAKES_BACK: ReadonlySet<TurnItem["type"]> = new Set(["attempt", "retrying", "ended"]);

/** One turn's items as the events of one run, for one client; no I/O. */
export class RunEvents {
  readonly #run: Run;
  readonly #open = new OpenParts();
  readonly #waits: Waits;
  #shown: Shown;
  #isOver = false;

  constructor(run: Run) {
    this.#run = run;
    this.#shown = nothingShown(run.turnId);
    this.#waits = new Waits(run.turnId);
  }

  /** Nothing follows. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** What has happened before the client came, told as it stands. */
  catchUp(items: readonly TurnItem[]): AgUiEvent[] {
    for (const item of items) {
      this.#waits.hear(item);
      this.#shown = shownAfter(this.#shown, item);
    }
    const { around, has, tellsAll } = this.#run;
    // What a client has of an attempt that was taken back since is void, though nothing is there instead.
    const isTold = tellsAll || this.#shown.entries.length > 0 || showsPart(has, this.#shown);
    const events: AgUiEvent[] = isTold ? snapshotsFor(has, merged(around, this.#shown)) : [];
    if (tellsAll) events.push(...(around.asides ?? []));
    events.push(...this.#stepUnderWay(items));
    events.push(...items.flatMap((item) => asideOf(this.#run, item)));
    const end =
      items.find(({ type }) => type === "ended") ??
      items.findLast(({ type }) => type === "waiting");
    return [...events, ...(end ? this.#endAt(end) : [])];
  }

  read(item: TurnItem): AgUiEvent[] {
    this.#waits.hear(item);
    const before = this.#shown;
    this.#shown = shownAfter(before, item);
    const said = this.#said(before, item);
    const isTaken = TAKES_BACK.has(item.type) && this.#shown.entries !== before.entries;
    const taken = isTaken ? this.#takenBack(before) : [];
    return [...said, ...taken, ...asideOf(this.#run, item), ...this.#endAt(item)];
  }

  #stepUnderWay(items: readonly TurnItem[]): AgUiEvent[] {
    const last = items.findLast(({ type }) => type === "attempt" || type === "message");
    return last?.type === "attempt" ? this.#open.beginStep(last.step) : [];
  }

  #said(before: Shown, item: TurnItem): AgUiEvent[] {
    switch (item.type) {
      case "attempt":
        return [...this.#open.closeWords(), ...this.#open.beginStep(item.step)];
      case "retrying":
        return this.#open.closeWords();
      case "text":
      case "thinking":
        return this.#words(before, item);
      case "round":
        return this.#calls(item);
      case "result":
        return this.#result(item);
      case "message":
        return this.#open.closeStep();
      case "waiting":
      case "ended":
        return this.#open.closeStep();
      default:
        return [];
    }
  }

  #words(before: Shown, item: Words): AgUiEvent[] {
    const added = addedBy(before, item);
    return added ? this.#open.write(item.type, added.id, added.delta) : [];
  }

  #calls(item: ItemOf<"round">): AgUiEvent[] {
    const parentMessageId = textId(item);
    const calls = item.calls.map((call) => callOf(this.#run.turnId, item, call));
    const events = calls.flatMap(({ id: toolCallId, function: { name, arguments: input } }) => [
      { type: "TOOL_CALL_START" as const, toolCallId, toolCallName: name, parentMessageId },
      { type: "TOOL_CALL_ARGS" as const, toolCallId, delta: input },
      { type: "TOOL_CALL_END" as const, toolCallId },
    ]);
    return [...this.#open.closeWords(), ...events];
  }

  #result(item: ItemOf<"result">): AgUiEvent[] {
    const { id, toolCallId, content } = resultOf(this.#run.turnId, item);
    if (this.#run.around.results.has(toolCallId)) return [];
    return [{ type: "TOOL_CALL_RESULT", messageId: id, toolCallId, content, role: "tool" }];
  }

  /** The protocol takes words back by telling all messages anew. */
  #takenBack(before: Shown): AgUiEvent[] {
    const stay = new Set(this.#shown.entries.map(({ message }) => message.id));
    const gone = before.entries.filter(
      ({ message }) => message.role === "reasoning" && !stay.has(message.id),
    );
    const all = merged(this.#run.around, this.#shown);
    return [
      snapshotOf(
        all,
        gone.map(({ message }) => message.id),
      ),
    ];
  }

  #endAt(item: TurnItem): AgUiEvent[] {
    if (item.type === "waiting") {
      return this.#finish(this.#waits.outcome(item));
    }
    if (item.type !== "ended") return [];
    const { status, error, usage } = item;
    if (status === "COMPLETED") return this.#finish({ type: "success" }, usage);
    if (status === "INTERRUPTED") return this.#finish({ type: "cancelled" }, usage);
    const { code, message } = error ?? { code: "internal", message: "The turn failed" };
    const closing = this.#open.closeStep();
    this.#isOver = true;
    return [...closing, { type: "RUN_ERROR", message, code, ...(usage && { usage: [usage] }) }];
  }

  #finish(outcome: RunOutcome, usage?: ItemOf<"ended">["usage"]): AgUiEvent[] {
    const { threadId, runId, isBefore1 } = this.#run;
    const closing = this.#open.closeStep();
    this.#isOver = true;
    const isKnown = !isBefore1 || outcome.type === "interrupt";
    const end = { threadId, runId, ...(isKnown && { outcome }), ...(usage && { usage: [usage] }) };
    return [...closing, { type: "RUN_FINISHED", ...end }];
  }
}
