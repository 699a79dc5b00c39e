import * as z from "zod";
import { type AgentRequest, type AgentScript, chunk, event, pause } from "../support/remote-agent";
import type { Random } from "./random";
import { expects } from "./scenario";

const CHAPTERS = { least: 3, most: 5 } as const;
/** Milliseconds that a chapter takes: some are said faster than they are committed. */
const WORK_MS = 900;

const resumed = z.looseObject({
  text: z.string(),
  state: z.looseObject({ chapter: z.int() }).optional(),
});
const asked = z.looseObject({ resume: resumed.optional() });

type Asked = { key: string | undefined; from: number; text: string };

/** An agent that writes one book for a room, and can go on after each chapter. */
export class Book {
  readonly chapters: readonly string[];
  readonly #random: Random;
  readonly #asked: Asked[] = [];
  /** How often each chapter was begun. */
  readonly #begun: number[] = [];

  constructor(mark: string, random: Random) {
    this.#random = random;
    const length = random.between(CHAPTERS.least, CHAPTERS.most);
    this.chapters = Array.from({ length }, (_, i) => `${mark} chapter ${i + 1}, 漢字 👩‍🚀. `);
  }

  get whole(): string {
    return this.chapters.join("");
  }

  /** `breaks`: the connection is lost in the midst of the last chapter. */
  *write(
    { body, idempotencyKey: key }: AgentRequest,
    breaks = false,
  ): Generator<AgentScript[number]> {
    const { resume } = asked.parse(body);
    const from = resume?.state?.chapter ?? 0;
    this.#asked.push({ key, from, text: resume?.text ?? "" });
    for (let at = from; at < this.chapters.length; at++) {
      this.#begun[at] = (this.#begun[at] ?? 0) + 1;
      const [half = "", rest = ""] = halves(this.chapters[at] ?? "");
      yield chunk(half);
      yield pause(this.#random.between(0, WORK_MS));
      if (breaks && at === this.chapters.length - 1) {
        yield { do: "reset" };
        return;
      }
      yield chunk(rest);
      yield event("resumable", { state: { chapter: at + 1 } });
    }
    yield event("result", {});
  }

  /** What must hold of everything that was asked for. */
  findings(): string[] {
    const froms = this.#asked.map(({ from }) => from);
    const most = froms.map((_, i) => Math.max(...froms.slice(0, i + 1)));
    return [
      ...expects(new Set(this.#asked.map(({ key }) => key)).size <= 1, "a book's key has changed"),
      ...expects(
        froms.every((from, i) => from === most[i]),
        `the place to go on from went back: ${froms}`,
      ),
      ...expects(
        this.#asked.every(({ from, text }) => text === this.chapters.slice(0, from).join("")),
        "the text that stays is not that of the chapters before",
      ),
      ...this.chapters.flatMap((_, at) => this.#onceOnly(at)),
    ];
  }

  /** A chapter is begun once for each request that had to; no request had to where it was kept. */
  #onceOnly(at: number): string[] {
    const had = this.#asked.filter(({ from }) => from <= at).length;
    const begun = this.#begun[at] ?? 0;
    return expects(begun >= 1 && begun <= had, `chapter ${at + 1} was begun ${begun} times`);
  }
}

/** A character may be cut in two. */
function halves(text: string): [string, string] {
  const at = text.length - 4;
  return [text.slice(0, at), text.slice(at)];
}
