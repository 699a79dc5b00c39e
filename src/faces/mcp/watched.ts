import type { Ask, TurnOutcome } from "../../operations/mcp/fields";
import type { Turn } from "../../protocol/turn";
import { type ShownFile, shownFiles } from "../files/shown-file";
import type { Call, ItemOf, TurnItem } from "../turn-view/item";

/** What a person is to say a word about: a step, or one call of it. */
export type Asked = {
  step: string;
  toolCallId?: string | undefined;
  round?: number | undefined;
  index?: number | undefined;
};
export type Question = Ask & { asked: Asked };

/** A turn as it is told, item by item: what it has come to so far. */
export class Watched {
  readonly #turn: Turn;
  readonly #origin: string;
  /** By the message. */
  readonly #files = new Map<string, ShownFile[]>();
  #speaking = "";
  #answer = "";
  #isBegun: boolean;
  #waiting: ItemOf<"waiting"> | undefined;
  readonly #calls = new Map<string, { step: string; call: Call; round: number }>();
  #end: ItemOf<"ended"> | undefined;

  /** `origin`: under which files are fetched. */
  constructor(turn: Turn, origin: string) {
    this.#turn = turn;
    this.#origin = origin;
    this.#isBegun = turn.status !== "PENDING";
  }

  get isOver(): boolean {
    return this.#end !== undefined;
  }

  /** Whether it waits for a person; what its sender's client is to do, others can't. */
  get waits(): boolean {
    return this.#waiting !== undefined && this.#waiting.waitingFor !== "client-tool";
  }

  read(item: TurnItem): void {
    switch (item.type) {
      case "working":
        this.#isBegun = true;
        this.#waiting = undefined;
        return;
      case "attempt":
        this.#attempt(item);
        return;
      case "text":
        this.#answer += item.delta;
        return;
      case "message":
        this.#speaking = item.message.id;
        this.#answer = item.message.content;
        this.#files.set(item.message.id, shownFiles(item.message, this.#origin));
        return;
      case "approval":
        this.#calls.set(nameOf(item), item);
        return;
      case "decision":
        this.#calls.delete(nameOf(item));
        return;
      case "waiting":
        this.#waiting = item;
        return;
      case "ended":
        this.#end = item;
        this.#waiting = undefined;
        return;
      default:
    }
  }

  /** What a person is asked, where it waits for one. */
  get questions(): Question[] {
    if (!this.#waiting || !this.waits) return [];
    if (this.#waiting.waitingFor === "approval") return this.#ofCalls();
    const step = this.#waiting.step ?? waitingStep(this.#turn);
    return step === undefined ? [] : [{ question: this.#ofStep(step), asked: { step } }];
  }

  get outcome(): TurnOutcome {
    const { taskId: task, id: turn } = this.#turn;
    const { status: ended, reason, error } = this.#end ?? {};
    const asks = this.questions.map(({ asked: _, ...ask }) => ask);
    const files = [...this.#files.values()].flat();
    const now = this.#waiting ? "WAITING" : this.#isBegun ? "PROCESSING" : "PENDING";
    return {
      ...{ task, turn, status: ended ?? now, answer: this.#answer },
      ...(files.length > 0 && { files }),
      ...(this.#waiting && { waiting: { for: this.#waiting.waitingFor, asks } }),
      ...(reason !== undefined && { reason }),
      ...(error && { error: { code: error.code, message: error.message } }),
    };
  }

  /** A new attempt goes on where its text was kept; another step begins with nothing. */
  #attempt({ messageId, kept }: ItemOf<"attempt">): void {
    this.#answer = messageId === this.#speaking ? this.#answer.slice(0, kept) : "";
    this.#speaking = messageId;
    this.#files.delete(messageId);
    this.#waiting = undefined;
  }

  #ofCalls(): Question[] {
    return [...this.#calls].map(([name, { step, call, round }]) => {
      const { index, toolCallId, name: tool, input } = call;
      return {
        ...{ question: `May ${tool} be called?`, call: name, tool, input },
        asked: { step, toolCallId, round, index },
      };
    });
  }

  #ofStep(step: string): string {
    const phase = this.#turn.steps.find((one) => one.step === step)?.phase ?? step;
    return this.#waiting?.waitingFor === "budget"
      ? `The turn has used up its tokens. May ${phase} go on?`
      : `May ${phase} begin?`;
  }
}

function waitingStep({ steps }: Turn): string | undefined {
  return steps.find(({ status }) => status === "WAITING")?.step;
}

/** Unlike the provider's id of a call it never comes twice in a step. */
function nameOf({ messageId, round, call }: ItemOf<"approval" | "decision">): string {
  return `${messageId}.${round}.${call.index}`;
}
