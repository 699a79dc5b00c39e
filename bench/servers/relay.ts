import { Coalescer } from "./coalescer";
import { readModel } from "./model-text";

type Start = { type: "start"; prompt: string };

/** A relay's frames: `chunk` for text, `end` when the model is done, `ack` for anything else. */
export async function relay(
  baseUrl: string,
  { prompt }: Start,
  coalesced: boolean,
  broadcast: (frame: string) => void,
): Promise<void> {
  const send = (delta: string) => broadcast(JSON.stringify({ type: "chunk", delta }));
  const coalescer = new Coalescer(send);
  await readModel(baseUrl, prompt, coalesced ? (delta) => coalescer.push(delta) : send);
  coalescer.flush();
  broadcast(END);
}

export const END = JSON.stringify({ type: "end" });
export const ACK = JSON.stringify({ type: "ack" });

/** What a frame asks to be started; nothing where it only wants to be acknowledged. */
export function startOf(frame: string): Start | undefined {
  const read: Start | { type: "hello" } = JSON.parse(frame);
  return read.type === "start" ? read : undefined;
}
