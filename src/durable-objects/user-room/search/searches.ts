import { BAD_CURSOR } from "../../../protocol/cursor";
import { accepted, type Outcome, refused } from "../../../protocol/errors";
import type { FoundPage, SearchMessages } from "../../../protocol/rest/search";
import type { TaskNews } from "../api";
import type { Surroundings } from "../surroundings";
import { Tables } from "../tables";
import { Clearing } from "./clearing";
import { Reading } from "./reading";
import { beginning, readCursor, searchTexts } from "./search";

type Around = Pick<Surroundings, "storage" | "now" | "rooms" | "hold" | "deadlines">;

/** What was said in the user's tasks, and how it is found. */
export class Searches {
  readonly #around: Around;
  readonly #reading: Reading;
  readonly #clearing: Clearing;

  constructor(around: Around) {
    this.#around = around;
    this.#reading = new Reading(around);
    this.#clearing = new Clearing(around);
  }

  /** What a room tells of its messages, in the transaction that writes its news. */
  hear({ shelves }: Tables, news: TaskNews): void {
    shelves.hear(news);
  }

  async find(userId: string, query: SearchMessages): Promise<Outcome<FoundPage>> {
    const { storage, now } = this.#around;
    const from = readCursor(query);
    if (from === undefined) return refused(BAD_CURSOR);
    const isWhole = await this.#reading.settle(userId);
    // Before the first task there are no tables.
    if (!Tables.find(storage)) return accepted({ items: [], nextCursor: null });
    const at = from ?? beginning(storage.sql, now());
    const found = searchTexts(storage.sql, query, at);
    return accepted({ ...found, ...(!isWhole && { incomplete: true as const }) });
  }

  /** Lets go of what tasks that are gone have left. */
  tidy(): Promise<void> {
    return this.#clearing.tidy();
  }

  async ring(): Promise<void> {
    await this.#clearing.ring();
    await this.#reading.ring();
  }
}
