import { checkTarget } from "../../../../platform/target";
import { type ModelFault, ProviderRefused, Silent } from "../../refusal/model-fault";
import { Watch } from "../../watch";
import { refusedResponse } from "./refused-response";
import { ByteBound, watchedBody } from "./watched-body";

export type ModelFetchOptions = {
  /** Called for every read of a body with its number of bytes, comments and pings included. */
  onBytes?: ((count: number) => void) | undefined;
  /** Milliseconds without a byte before the first of the body and after it; past them the call fails as `Silent`. */
  limits?: { firstByteMs: number; stallMs: number } | undefined;
  /** Whether private addresses may be called; absent: the address was checked by the caller. */
  allowPrivate?: boolean | undefined;
  /** What carries the requests. */
  fetch?: typeof fetch | undefined;
};

/**
 * How all providers are reached. Gives good answers only, their bytes watched; a refusal is read and thrown as
 * `ProviderRefused`. Redirects are not followed: they would lead past the check of the address.
 */
export function modelFetch(options: ModelFetchOptions = {}): typeof fetch {
  const { limits, allowPrivate, fetch: carry = fetch } = options;
  return async (input, init) => {
    if (allowPrivate !== undefined) checkAddress(input, allowPrivate);
    const work = new AbortController();
    const silence = limits ? new SilenceWatch(limits, work) : undefined;
    const signal = init?.signal ? AbortSignal.any([init.signal, work.signal]) : work.signal;
    try {
      const response = await carry(input, { ...init, redirect: "manual", signal });
      if (!response.ok) throw await refusedResponse(response);
      return watched(response, silence, options);
    } catch (error) {
      silence?.stop();
      throw silence?.fault ?? error;
    }
  };
}

function watched(
  response: Response,
  silence: SilenceWatch | undefined,
  { onBytes }: ModelFetchOptions,
): Response {
  if (!response.body) {
    silence?.stop();
    return response;
  }
  const bound = new ByteBound();
  const body = watchedBody(response.body, {
    wait: () => silence?.wait(),
    read(bytes) {
      silence?.heard();
      onBytes?.(bytes.byteLength);
      bound.count(bytes);
    },
    end: () => silence?.stop(),
    cause: (error) => silence?.fault ?? error,
  });
  return new Response(body, response);
}

/** Aborts a call when a limit has passed without a byte. */
class SilenceWatch {
  readonly #watch: Watch;
  fault: ModelFault | undefined;

  constructor(limits: { firstByteMs: number; stallMs: number }, work: AbortController) {
    this.#watch = new Watch(limits, ({ phase }) => {
      this.fault = new Silent(phase, phase === "stall" ? limits.stallMs : limits.firstByteMs);
      work.abort(this.fault);
    });
    this.#watch.wait();
  }

  wait(): void {
    this.#watch.wait();
  }

  heard(): void {
    this.#watch.heard();
  }

  stop(): void {
    this.#watch.stop();
  }
}

/** Throws `ProviderRefused`. */
function checkAddress(input: RequestInfo | URL, allowPrivate: boolean): void {
  const address = input instanceof Request ? input.url : String(input);
  const check = checkTarget(address, { allowPrivate });
  if (check.ok) return;
  const message = `The model's address ${check.reason}.`;
  throw new ProviderRefused({ code: "model_rejected", retryable: false, message });
}
