import type { Message } from "../../../protocol/message";
import type { Usage } from "../../../protocol/usage";
import { linksTo } from "../../files/links";
import { shownFiles } from "../../files/shown-file";
import type { TurnItem } from "../../turn-view/item";
import { failureError, failureStatus, type WireError } from "../errors";
import { Composed, TakenBack } from "./composed";

/** How an answer ends: whole, or with an error and the status that a client understands. */
export type Ending =
  | { finishReason: "stop" | "length" | "content_filter"; usage: Usage | undefined }
  | { error: WireError; status: number };

const FINISH: Record<string, "length" | "content_filter"> = {
  length: "length",
  "content-filter": "content_filter",
};

const STOPPED: WireError = {
  message: "The answer was stopped before it was whole",
  type: "conflict_error",
  code: "interrupted",
  param: null,
};

const REPLACED: WireError = {
  message: "The answer was begun again in other words than were sent; ask again",
  type: "server_error",
  code: "answer_replaced",
  param: null,
};

/** A turn's view as the one text that a chat completion is. */
export class ChatAnswer {
  readonly #composed: Composed;
  readonly #origin: string;
  #finish: "stop" | "length" | "content_filter" = "stop";
  #ending: Ending | undefined;

  /** `origin`: under which files are fetched. */
  constructor({ isStreamed, origin }: { isStreamed: boolean; origin: string }) {
    this.#origin = origin;
    this.#composed = new Composed({ mayTakeBack: !isStreamed });
  }

  get text(): string {
    return this.#composed.text;
  }

  /** Nothing until the answer is over. */
  get ending(): Ending | undefined {
    return this.#ending;
  }

  /** Gives the words that are new by an item. */
  read(item: TurnItem): string {
    try {
      return this.#read(item);
    } catch (error) {
      if (!(error instanceof TakenBack)) throw error;
      this.#ending = { error: REPLACED, status: 502 };
      return "";
    }
  }

  #read(item: TurnItem): string {
    switch (item.type) {
      case "attempt":
        return this.#composed.begin(item.messageId, item.kept);
      case "text":
        return this.#composed.write(item.offset, item.delta);
      case "message": {
        const { finishReason } = item.message.metadata;
        this.#finish = FINISH[String(finishReason)] ?? "stop";
        return this.#files(item.message);
      }
      case "ended":
        this.#end(item);
        return "";
      default:
        return "";
    }
  }

  /** The protocol's answer is one text: they are named in it. */
  #files(message: Message): string {
    const { content } = message;
    const { text } = linksTo(shownFiles(message, this.#origin), { below: content });
    return text === "" ? "" : this.#composed.write(content.length, text);
  }

  #end({ status, error, usage }: Extract<TurnItem, { type: "ended" }>): void {
    if (status === "INTERRUPTED") this.#ending = { error: STOPPED, status: 409 };
    else if (error) this.#ending = { error: failureError(error), status: failureStatus(error) };
    else {
      this.#composed.end();
      this.#ending = { finishReason: this.#finish, usage };
    }
  }
}
