import type { LanguageModelV4Usage } from "@ai-sdk/provider";
import type { ModelRefusal } from "./model-refusal";

/** How a call of a model failed, and what it cost as far as the provider told. Its message is our own. */
export class ModelFault extends Error {
  readonly refusal: ModelRefusal;
  /** Told before the fault; it was paid for. */
  usage: LanguageModelV4Usage | undefined;

  constructor(refusal: ModelRefusal, options?: { cause?: unknown }) {
    super(refusal.message, options);
    this.name = new.target.name;
    this.refusal = refusal;
  }
}

/** The provider refused the request, by a status or by an error inside its answer. */
export class ProviderRefused extends ModelFault {}

/** The answer stopped before its finish reason or `[DONE]`. */
export class CutOff extends ModelFault {
  constructor(cause?: unknown) {
    super(
      {
        code: "model_unavailable",
        retryable: true,
        message: "The model's answer broke off before its end.",
      },
      { cause },
    );
  }
}

/** What came is no answer of this wire, or a part of the answer cannot be read. */
export class Unreadable extends ModelFault {
  constructor() {
    super({
      code: "model_malformed",
      retryable: true,
      message: "The model's provider sent an answer that cannot be read.",
    });
  }
}

/** An event, or the whole answer, passed its bound of bytes. */
export class Overlong extends ModelFault {
  constructor() {
    super({
      code: "model_malformed",
      retryable: true,
      message: "The model's provider sent an answer that does not end.",
    });
  }
}

export type SilencePhase = "first byte" | "stall";

/** The provider sent no byte for longer than one of its limits. */
export class Silent extends ModelFault {
  readonly phase: SilencePhase;

  constructor(phase: SilencePhase, limitMs: number) {
    const [what, field, setting] = SILENCE[phase];
    const where = `limits.${field} of the Model resource, ${setting} of the deployment`;
    super({
      code: "model_timeout",
      retryable: true,
      message: `${what} within ${limitMs} ms (${where}).`,
    });
    this.phase = phase;
  }
}

const SILENCE = {
  "first byte": ["The model did not begin to answer", "firstByteMs", "MODEL_FIRST_BYTE_TIMEOUT_MS"],
  stall: [
    "The model stopped in the middle of its answer: nothing more came",
    "stallMs",
    "MODEL_STALL_TIMEOUT_MS",
  ],
} as const;
