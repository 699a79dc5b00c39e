import { ByteBound, FOREIGN_EVENT_BYTES } from "../../../../platform/byte-bound";
import { checkTarget } from "../../../../platform/target";
import { withoutHalves } from "../../../../protocol/json";
import { Overlong, ProviderRefused } from "../../refusal/model-fault";
import { ANSWER_BYTES } from "../event-reader";
import { refusedResponse } from "./refused-response";
import { watchedBody } from "./watched-body";

export type ModelFetchOptions = {
  /** Called for every read of a body with its number of bytes, comments and pings included. */
  onBytes?: ((count: number) => void) | undefined;
  /** Whether private addresses may be called; absent: the address was checked by the caller. */
  allowPrivate?: boolean | undefined;
  /** What carries the requests. */
  fetch?: typeof fetch | undefined;
};

/**
 * How all providers are reached. Gives good answers only, their bytes counted; a refusal is read and thrown as
 * `ProviderRefused`. Redirects are not followed: they would lead past the check of the address.
 */
export function modelFetch(options: ModelFetchOptions = {}): typeof fetch {
  const { allowPrivate, fetch: carry = fetch } = options;
  return async (input, init) => {
    if (allowPrivate !== undefined) checkAddress(input, allowPrivate);
    const response = await carry(input, { ...init, ...wholeBody(init), redirect: "manual" });
    if (!response.ok) throw await refusedResponse(response);
    return response.body ? counted(response, response.body, options) : response;
  };
}

/**
 * A request's JSON without halves of surrogate pairs, which tools and models cut out of a text: as an escape,
 * the one form in which they can be sent, they make most servers refuse the whole request.
 */
function wholeBody(init: RequestInit | undefined): Pick<RequestInit, "body"> {
  const body = init?.body;
  return typeof body === "string" ? { body: withoutHalves(body) } : {};
}

function counted(
  response: Response,
  body: ReadableStream<Uint8Array>,
  { onBytes }: ModelFetchOptions,
): Response {
  const bound = new ByteBound({ eventBytes: FOREIGN_EVENT_BYTES, streamBytes: ANSWER_BYTES });
  const watched = watchedBody(body, (bytes) => {
    onBytes?.(bytes.byteLength);
    if (!bound.holds(bytes)) throw new Overlong();
  });
  return new Response(watched, response);
}

/** Throws `ProviderRefused`. */
function checkAddress(input: RequestInfo | URL, allowPrivate: boolean): void {
  const address = input instanceof Request ? input.url : String(input);
  const check = checkTarget(address, { allowPrivate });
  if (check.ok) return;
  const message = `The model's address ${check.reason}.`;
  throw new ProviderRefused({ code: "model_rejected", retryable: false, message });
}
