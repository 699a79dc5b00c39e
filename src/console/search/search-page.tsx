import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Listing } from "../parts/listing";
import { Page } from "../parts/page";
import { Found } from "./found";
import { useFound } from "./use-found";
import { useWords } from "./use-words";

const MOST = 200;

/** Finds messages by their words, in all tasks of the user's. */
export function SearchPage() {
  const { typed, setTyped, asked, ask } = useWords();
  const input = useRef<HTMLInputElement>(null);
  const results = useRef<HTMLDivElement>(null);
  useEffect(() => input.current?.focus(), []);
  return (
    <Page title="Search" intro="Words that were said, in all of your tasks.">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: arrows lead from the field to the links */}
      <div class="stack" ref={results} onKeyDown={(event) => move(event, results)}>
        <search>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              ask();
            }}
          >
            <input
              ref={input}
              type="search"
              aria-label="Words to find"
              placeholder="Words to find"
              maxLength={MOST}
              value={typed}
              onInput={(event) => setTyped(event.currentTarget.value)}
            />
          </form>
        </search>
        {asked !== "" && <Results words={asked} />}
      </div>
    </Page>
  );
}

function Results({ words }: { words: string }) {
  const { pages, isIncomplete } = useFound(words);
  const { items, isLoading } = pages;
  return (
    <section class="stack tight found" aria-label="What was found" aria-busy={isLoading}>
      <Listing
        pages={pages}
        empty={isLoading ? "Searching…" : "No message has all of these words."}
      >
        {(found) => (
          <ol class="plain-list rows">
            {found.map((item) => (
              <Found key={item.messageId} item={item} />
            ))}
          </ol>
        )}
      </Listing>
      {isIncomplete && (
        <p class="quiet">Some of your tasks are still being read: more may be found in a moment.</p>
      )}
      <p class="sr-only" role="status">
        {isLoading || !items ? "" : `${items.length} found`}
      </p>
    </section>
  );
}

/** Up and down go from the field to what was found, and from one to the next. */
function move(event: KeyboardEvent, within: RefObject<HTMLElement | null>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !within.current) return;
  const stops = [...within.current.querySelectorAll<HTMLElement>("input, a")];
  const here = stops.findIndex((stop) => stop.contains(document.activeElement));
  const next = stops[here + step];
  if (here < 0 || !next) return;
  event.preventDefault();
  next.focus();
}
