import type { Message } from "../../../client";

/** Ways in which a model's answer ends before it is over. */
const SAID: Record<string, string> = {
  length: "Cut off here: the answer reached the limit of its length.",
  "content-filter": "Cut off here: the model's provider held the rest back.",
  unknown:
    "This may not be all: the model's server closed before it said that the answer was over.",
};

/** Says of an answer that is not whole that it is not, and why. */
export function CutOff({ message: { metadata } }: { message: Message }) {
  const { finishReason } = metadata;
  const said = typeof finishReason === "string" ? SAID[finishReason] : undefined;
  return said === undefined ? null : <p class="warn-text">{said}</p>;
}
