import { FOREIGN_REFUSAL_BYTES } from "../../../../platform/byte-bound";
import { ProviderRefused } from "../../refusal/model-fault";
import { readRefusal } from "../../refusal/read-refusal";

/** Milliseconds for which a refusal's body is waited for: the status alone says much. */
const BODY_MS = 2000;

/** What a response that is no answer means. Its body is read within bounds, and the connection closed. */
export async function refusedResponse(response: Response): Promise<ProviderRefused> {
  const body = response.body ? await beginningOf(response.body) : "";
  return new ProviderRefused(readRefusal(response.status, response.headers, body));
}

async function beginningOf(body: ReadableStream<Uint8Array>): Promise<string> {
  const reader = body.getReader();
  const timer = setTimeout(() => close(reader), BODY_MS);
  const decoder = new TextDecoder();
  let text = "";
  try {
    for (let left = FOREIGN_REFUSAL_BYTES; left > 0; ) {
      const { done, value } = await reader.read();
      if (done) break;
      text += decoder.decode(value.subarray(0, left), { stream: true });
      left -= value.byteLength;
    }
  } catch {
    // What came before it broke may say enough.
  }
  clearTimeout(timer);
  close(reader);
  return text;
}

function close(reader: ReadableStreamDefaultReader<Uint8Array>): void {
  void reader.cancel().catch(() => {});
}
