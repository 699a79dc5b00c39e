import { LIMITS } from "../../../protocol/limits";
import type { ModelConfig } from "../../../resources/agent";

const MIB = 1024 * 1024;
/** Anthropic counts a picture's bytes in base64. */
const ANTHROPIC_PICTURE = (5 * MIB * 3) / 4;

/** Which files a model is sent as they are, and bytes of the largest of each. */
export type Takes = { picture: number; pdf: number };

export const TAKES_NOTHING: Takes = { picture: 0, pdf: 0 };

type Rule = { input: NonNullable<ModelConfig["input"]>; bounds: Takes };

const EVERYTHING: Rule["input"] = ["text", "image", "file"];

/** What providers take where the Model does not say, and the largest file of a kind that they take. */
const PROVIDERS: Record<ModelConfig["provider"], Rule> = {
  "openai-compatible": { input: EVERYTHING, bounds: { picture: 20 * MIB, pdf: 32 * MIB } },
  openai: { input: EVERYTHING, bounds: { picture: 20 * MIB, pdf: 32 * MIB } },
  anthropic: { input: EVERYTHING, bounds: { picture: ANTHROPIC_PICTURE, pdf: 24 * MIB } },
  "workers-ai": { input: ["text"], bounds: { picture: 5 * MIB, pdf: 5 * MIB } },
  demo: { input: EVERYTHING, bounds: { picture: 20 * MIB, pdf: 32 * MIB } },
};

/** No file is larger than all of a request may be. */
export function takesOf({ provider, input }: ModelConfig): Takes {
  const { input: usual, bounds } = PROVIDERS[provider];
  const taken = input ?? usual;
  const most = LIMITS.promptFilesBytes;
  return {
    picture: taken.includes("image") ? Math.min(bounds.picture, most) : 0,
    pdf: taken.includes("file") ? Math.min(bounds.pdf, most) : 0,
  };
}
