import type { LanguageModelV4Usage } from "@ai-sdk/provider";
import { type Fields, isFields, listOf } from "../json";
import { UsageTold } from "../usage";
import { ResponsesItems } from "./responses-items";
import { countIn, idIn, saidError, textIn, wordIn } from "./said-values";
import type { Tidy } from "./tidied-body";

/**
 * The events of an answer of OpenAI's Responses, as many servers speak them: its words, thinking and calls as
 * they are, also where only a sum of them comes; what else is odd, missing or unknown is put right or left
 * out. It is over with its last event, whatever becomes of the connection.
 */
export class ResponsesEvents implements Tidy {
  readonly #items = new ResponsesItems();
  #hasBegun = false;
  #last: Fields | undefined;
  #isFailed = false;
  readonly #usage = new UsageTold();

  get usage(): LanguageModelV4Usage | undefined {
    return this.#usage.value;
  }

  get isWhole(): boolean {
    return this.#last !== undefined;
  }

  get isOver(): boolean {
    return this.isWhole || this.#isFailed;
  }

  /** Not of this protocol, but some servers end everything with it. */
  done(): void {
    if (!this.#isFailed && this.#items.hasAny) this.#last ??= this.#finished({});
  }

  take(event: Fields, name: string): Fields[] {
    const error = saidError(event, name);
    if (error) return this.#fail(error, event.response ?? event);
    // Of another protocol: the SDK's reader knows that, and says so.
    if (event.choices !== undefined) return [event];
    if (Array.isArray(event.output)) return this.#document(event);
    const response = isFields(event.response) ? event.response : {};
    this.#usage.take(response.usage);
    switch (wordIn(event.type) ?? name) {
      case "response.created":
      case "response.queued":
      case "response.in_progress":
        return this.#begin(response);
      case "response.completed":
      case "response.incomplete":
      case "response.done":
        return this.#document(response);
      case "response.failed":
      case "response.cancelled":
        return this.#fail(undefined, response);
      default:
        return this.#items.take(event, name);
    }
  }

  end(): Fields[] {
    return [...this.#items.finishAll(), ...(this.#last ? [this.#last] : [])];
  }

  #begin({ id, created_at, model }: Fields): Fields[] {
    if (this.#hasBegun) return [];
    this.#hasBegun = true;
    const response = {
      id: idIn(id),
      created_at: countIn(created_at) ?? 0,
      model: textIn(model),
    };
    const created = { type: "response.created", response };
    return [created, { type: "response.in_progress", response }];
  }

  /** All of an answer at once, or its sum behind its pieces. */
  #document(response: Fields): Fields[] {
    const { status, error, output, usage } = response;
    this.#usage.take(usage);
    if (status === "failed" || status === "cancelled") return this.#fail(undefined, response);
    const said = saidError({ error }, "");
    if (said) return this.#fail(said, response);
    const begun = "model" in response ? this.#begin(response) : [];
    const items = this.#items.sum(listOf(output));
    this.#last = this.#finished(response);
    return [...begun, ...items];
  }

  #fail(said: Fields | undefined, response: unknown): Fields[] {
    this.#isFailed = true;
    const { error } = isFields(response) ? response : {};
    const { type, code, message } = said ?? saidError({ error }, "") ?? {};
    // The code says more than the type; where there is none, that is what is left.
    const told = { code: wordIn(code) ?? wordIn(type) ?? "server_error", message: textIn(message) };
    return [{ type: "response.failed", sequence_number: 0, response: { error: told } }];
  }

  #finished({ status, incomplete_details }: Fields): Fields {
    const details = isFields(incomplete_details) ? incomplete_details : {};
    const reason = wordIn(details.reason) ?? (status === "incomplete" ? "incomplete" : undefined);
    const incomplete = reason === undefined ? null : { reason };
    return {
      type: "response.completed",
      response: { incomplete_details: incomplete, ...usageOf(this.usage) },
    };
  }
}

function usageOf(told: LanguageModelV4Usage | undefined): Fields {
  if (!told) return {};
  const { inputTokens, outputTokens } = told;
  const usage = {
    input_tokens: inputTokens.total ?? 0,
    input_tokens_details: { cached_tokens: inputTokens.cacheRead ?? 0 },
    output_tokens: outputTokens.total ?? 0,
    output_tokens_details: { reasoning_tokens: outputTokens.reasoning ?? 0 },
  };
  return { usage };
}
