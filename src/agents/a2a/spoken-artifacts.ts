import { jsonBytes } from "../../protocol/bytes";
import type { JsonValue } from "../../protocol/json";
import { LIMITS } from "../../protocol/limits";
import { BETWEEN } from "../../protocol/tools/rounds";
import type { OfferedFile } from "../files/made-files";
import { MalformedAnswer } from "../remote/agent-failure";
import type { TextPlace, Voice } from "../voice";
import type { Artifact } from "./wire/told";

/** Of one answer. */
const MOST_ARTIFACTS = 1000;

type Spoken = {
  /** Which of them it is, in the order in which they began. */
  order: number;
  text: string;
  data?: JsonValue | undefined;
  files: OfferedFile[];
  /** Before its first word; nothing where it has said none. */
  from: TextPlace | undefined;
  /** Whether its text was said as it stands, all of it. */
  isSaid: boolean;
};

/** An agent's artifacts as one answer: a paragraph for each, in the order in which they began. */
export class SpokenArtifacts {
  readonly #voice: Voice;
  readonly #all = new Map<string, Spoken>();
  /** The last of which anything was said. */
  #lastSaid = -1;

  constructor(voice: Voice) {
    this.#voice = voice;
  }

  /** Whether there is a word of them. */
  get isEmpty(): boolean {
    return [...this.#all.values()].every(({ text }) => !/\S/.test(text));
  }

  get files(): OfferedFile[] {
    return [...this.#all.values()].flatMap((one) => one.files);
  }

  /** The last data among them. Throws where it is too large for a result. */
  get data(): JsonValue | undefined {
    const data = [...this.#all.values()]
      .map((one) => one.data)
      .findLast((one) => one !== undefined);
    if (data !== undefined && jsonBytes(data) > LIMITS.resultBytes) {
      throw new MalformedAnswer(`The agent's result is larger than ${LIMITS.resultBytes} bytes.`);
    }
    return data;
  }

  /** All that there is of an artifact so far, or, where `isMore`, what comes after that. */
  take({ id, text, data, files }: Artifact, { isMore }: { isMore: boolean }): void {
    // What is beyond an answer's bound is nobody's.
    if (this.#voice.isFull) return;
    const spoken = this.#all.get(id) ?? this.#begin(id);
    // One more than an answer carries, so that it is told of those that are left out.
    const known = isMore ? spoken.files : [];
    spoken.files = [...known, ...files].slice(0, LIMITS.madeFiles + 1);
    if (data !== undefined || !isMore) spoken.data = data;
    if (isMore) this.#add(spoken, text);
    else this.#become(spoken, text);
  }

  /** Exactly these; what else was said is void. */
  takeAll(artifacts: readonly Artifact[]): void {
    const ids = new Set(artifacts.map(({ id }) => id));
    for (const [id, spoken] of this.#all) {
      if (ids.has(id)) continue;
      spoken.files = [];
      this.#become(spoken, "");
    }
    for (const artifact of artifacts) this.take(artifact, { isMore: false });
  }

  /** No more comes: what stands elsewhere than it was said, is said once more in its place. */
  end(): void {
    const all = [...this.#all.values()];
    const wrong = all.findIndex(({ isSaid }) => !isSaid);
    if (wrong < 0) return;
    const rest = all.slice(wrong);
    const from = rest.find((one) => one.from)?.from;
    if (from) this.#voice.retract(from);
    for (const spoken of rest) this.#sayWhole(spoken);
  }

  #begin(id: string): Spoken {
    const order = this.#all.size;
    if (order >= MOST_ARTIFACTS) {
      throw new MalformedAnswer(`The agent sent more than ${MOST_ARTIFACTS} artifacts.`);
    }
    const spoken: Spoken = { order, text: "", files: [], from: undefined, isSaid: true };
    this.#all.set(id, spoken);
    return spoken;
  }

  #add(spoken: Spoken, text: string): void {
    spoken.text += text;
    if (spoken.isSaid && this.#isLast(spoken)) this.#say(spoken, text);
    else if (text !== "") spoken.isSaid = false;
  }

  #become(spoken: Spoken, text: string): void {
    const { text: before, isSaid } = spoken;
    if (text.startsWith(before)) {
      this.#add(spoken, text.slice(before.length));
      return;
    }
    spoken.text = text;
    spoken.isSaid = false;
    if (!isSaid || !this.#isLast(spoken)) return;
    if (spoken.from) this.#voice.retract(spoken.from);
    this.#sayWhole(spoken);
  }

  #sayWhole(spoken: Spoken): void {
    spoken.from = undefined;
    spoken.isSaid = true;
    this.#say(spoken, spoken.text);
  }

  #say(spoken: Spoken, text: string): void {
    if (text === "") return;
    this.#lastSaid = Math.max(this.#lastSaid, spoken.order);
    if (!spoken.from) {
      spoken.from = this.#voice.place;
      if (this.#voice.has("text")) this.#voice.text(BETWEEN);
    }
    this.#voice.text(text);
  }

  /** Whether nothing was said after it. */
  #isLast({ order }: Spoken): boolean {
    return order >= this.#lastSaid;
  }
}
