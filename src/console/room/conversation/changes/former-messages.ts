import type { Message, Page, TaskroomError } from "../../../../client";
import { Cell } from "../../../state/cell";
import { asTaskroomError } from "../../../state/known-failure";

export type Former = {
  /** All that was looked through, what stands too, by id. */
  known: ReadonlyMap<string, Message>;
  /** Those of them that were superseded, by what took their place, oldest first. */
  gone: ReadonlyMap<string, readonly Message[]>;
  /** Whether there are older ones that were not looked through. */
  hasMore: boolean;
  isLoading: boolean;
  error: TaskroomError | undefined;
  /** The earlier versions that are looked at: by place, the first message of each. */
  chosen: ReadonlyMap<string, string>;
};

type Load = (cursor: string | undefined) => Promise<Page<Message>>;

const NOTHING: Former = {
  known: new Map(),
  gone: new Map(),
  hasMore: true,
  isLoading: false,
  error: undefined,
  chosen: new Map(),
};

/** What stood in a room before: read from the newest on, page by page, once something asks for it. */
export class FormerMessages extends Cell<Former> {
  readonly #load: Load;
  #isWanted = false;
  #cursor: string | undefined;
  /** The highest `seq` that was looked through. */
  #top = 0;
  /** Whether the newest page has to be read, or read again. */
  #isTopMissing = true;
  /** Counts what makes pages that are on their way out of date. */
  #round = 0;

  constructor(load: Load) {
    super(NOTHING);
    this.#load = load;
  }

  /** Reads the newest page, the first time that it is called. */
  want(): void {
    if (this.#isWanted) return;
    this.#isWanted = true;
    void this.#read(undefined);
  }

  /** Reads the page before, or the one that failed. */
  async more(): Promise<void> {
    const { isLoading, hasMore } = this.getSnapshot();
    if (isLoading) return;
    if (this.#isTopMissing) await this.#read(undefined);
    else if (hasMore) await this.#read(this.#cursor);
  }

  /** The log says so; what it names may have been said after the newest page was read. */
  supersede(ids: readonly string[], by: string): void {
    if (!this.#isWanted) return;
    const known = new Map(this.getSnapshot().known);
    for (const id of ids) {
      const message = known.get(id);
      if (message && !message.supersededBy) known.set(id, { ...message, supersededBy: by });
    }
    this.#change({ known, gone: goneOf(known) });
    this.#round++;
    void this.#read(undefined);
  }

  /** The room was told anew: what was known may be of another log. */
  forget(): void {
    this.#round++;
    [this.#cursor, this.#top] = [undefined, 0];
    this.set(NOTHING);
    if (this.#isWanted) void this.#read(undefined);
  }

  /** Without a version: what stands now. */
  choose(place: string, version: string | undefined): void {
    const { chosen: old } = this.getSnapshot();
    if (old.get(place) === version) return;
    const chosen = new Map(old);
    if (version === undefined) chosen.delete(place);
    else chosen.set(place, version);
    this.#change({ chosen });
  }

  async #read(cursor: string | undefined): Promise<void> {
    const round = this.#round;
    if (cursor === undefined) this.#isTopMissing = true;
    this.#change({ isLoading: true, error: undefined });
    try {
      const page = await this.#load(cursor);
      if (round === this.#round) this.#take(page, cursor !== undefined);
    } catch (failure) {
      const error = asTaskroomError(failure);
      if (round === this.#round) this.#change({ isLoading: false, error });
    }
  }

  #take({ items, nextCursor }: Page<Message>, isOlder: boolean): void {
    const { known: old, hasMore } = this.getSnapshot();
    const joins = isOlder || (items[0]?.seq ?? 0) <= this.#top + 1;
    const known = new Map(joins ? old : []);
    for (const message of items) known.set(message.id, message);
    this.#top = Math.max(this.#top, items.at(-1)?.seq ?? 0);
    // A newest page that joins on to what is known says nothing of how far back that goes.
    const isFirst = old.size === 0 || !joins;
    if (!isOlder) this.#isTopMissing = false;
    if (isOlder || isFirst) this.#cursor = nextCursor ?? undefined;
    this.#change({
      known,
      gone: goneOf(known),
      hasMore: isOlder || isFirst ? nextCursor !== null : hasMore,
      isLoading: false,
    });
  }

  #change(part: Partial<Former>): void {
    this.set({ ...this.getSnapshot(), ...part });
  }
}

function goneOf(known: ReadonlyMap<string, Message>): Map<string, Message[]> {
  const gone = new Map<string, Message[]>();
  const inOrder = [...known.values()].sort((a, b) => a.seq - b.seq);
  for (const message of inOrder) {
    const { supersededBy } = message;
    if (supersededBy === undefined) continue;
    gone.set(supersededBy, [...(gone.get(supersededBy) ?? []), message]);
  }
  return gone;
}
