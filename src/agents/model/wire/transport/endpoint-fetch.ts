import type { Endpoint } from "../../../../resources/model-endpoint";
import { ProviderRefused } from "../../refusal/model-fault";
import { firstAnswer } from "./first-answer";

/** Sends requests to the address that a Model means, whatever address the SDK has made of it. */
export function endpointFetch(carry: typeof fetch, endpoint: Endpoint): typeof fetch {
  return (_, init) => {
    if (!endpoint.ok) throw misplaced(endpoint.reason);
    return firstAnswer(endpoint.urls, (url) => carry(url, init));
  };
}

/** `reason` goes on after "The model's address". */
export function misplaced(reason: string): ProviderRefused {
  const message = `The model's address ${reason}.`;
  return new ProviderRefused({ code: "model_rejected", retryable: false, message });
}
