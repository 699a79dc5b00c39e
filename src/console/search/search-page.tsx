import { useEffect, useRef, useState } from "preact/hooks";
import { isBlank } from "../../client";
import { Button } from "../parts/button";
import { Listing } from "../parts/listing";
import { Page } from "../parts/page";
import { Found } from "./found";
import { useFound } from "./use-found";

const MOST = 200;

/** Finds messages by their words, in all tasks of the user's. */
export function SearchPage() {
  const [typed, setTyped] = useState("");
  const [asked, setAsked] = useState("");
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  return (
    <Page title="Search" intro="Words that were said, in all of your tasks.">
      <search>
        <form
          class="row"
          onSubmit={(event) => {
            event.preventDefault();
            if (!isBlank(typed)) setAsked(typed.trim());
          }}
        >
          <input
            ref={input}
            type="search"
            aria-label="Words to find"
            maxLength={MOST}
            value={typed}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
          <Button kind="primary" type="submit" disabled={isBlank(typed)}>
            Search
          </Button>
        </form>
      </search>
      {asked !== "" && <Results key={asked} words={asked} />}
    </Page>
  );
}

function Results({ words }: { words: string }) {
  const { pages, isIncomplete } = useFound(words);
  return (
    <section class="stack tight" aria-label="What was found">
      <Listing pages={pages} empty="No message has all of these words.">
        {(items) => (
          <ol class="plain-list rows">
            {items.map((item) => (
              <Found key={item.messageId} item={item} />
            ))}
          </ol>
        )}
      </Listing>
      {isIncomplete && (
        <p class="quiet" role="status">
          Some of your tasks are still being read: there may be more in a while.
        </p>
      )}
    </section>
  );
}
