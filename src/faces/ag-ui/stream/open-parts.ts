import type { AgUiEvent } from "../event";

type Kind = "text" | "thinking";

/** What a run has begun and not ended: one message's words at most, and one step. */
export class OpenParts {
  #words: { kind: Kind; id: string } | undefined;
  #step: string | undefined;

  write(kind: Kind, id: string, delta: string): AgUiEvent[] {
    const isOpen = this.#words?.kind === kind && this.#words.id === id;
    const before = isOpen ? [] : [...this.closeWords(), ...begin(kind, id)];
    this.#words = { kind, id };
    const type = kind === "text" ? "TEXT_MESSAGE_CONTENT" : "REASONING_MESSAGE_CONTENT";
    return [...before, { type, messageId: id, delta }];
  }

  closeWords(): AgUiEvent[] {
    const words = this.#words;
    this.#words = undefined;
    if (!words) return [];
    const messageId = words.id;
    if (words.kind === "text") return [{ type: "TEXT_MESSAGE_END", messageId }];
    return [
      { type: "REASONING_MESSAGE_END", messageId },
      { type: "REASONING_END", messageId },
    ];
  }

  /** Steps speak one after the other. */
  beginStep(step: string): AgUiEvent[] {
    if (step === this.#step || step === "") return [];
    const before = this.closeStep();
    this.#step = step;
    return [...before, { type: "STEP_STARTED", stepName: step }];
  }

  closeStep(): AgUiEvent[] {
    const words = this.closeWords();
    const stepName = this.#step;
    this.#step = undefined;
    return stepName === undefined ? words : [...words, { type: "STEP_FINISHED", stepName }];
  }
}

function begin(kind: Kind, messageId: string): AgUiEvent[] {
  if (kind === "text") return [{ type: "TEXT_MESSAGE_START", messageId, role: "assistant" }];
  return [
    { type: "REASONING_START", messageId },
    { type: "REASONING_MESSAGE_START", messageId, role: "reasoning" },
  ];
}
