import { type Stream, streamUses } from "taskroom/client";
import type { RoomActions } from "taskroom/react";
import { Markdown } from "./markdown";

type Props = { stream: Stream; confirm: RoomActions["confirm"] };

/** An answer that is being written, with the tools that it uses; some ask before they are called. */
export function StreamView({ stream, confirm }: Props) {
  const { turnId, step, text } = stream;
  return (
    <article data-role="assistant" aria-busy="true">
      <Markdown text={text} />
      {streamUses(stream).map(({ round, index, toolCallId, ...use }) => {
        const call = { turnId, step, toolCallId, round, index };
        // Where somebody else has answered first, the room shows what they said.
        const say = (approve: boolean) => () =>
          confirm({ ...call, approve }).catch(() => undefined);
        return (
          <section key={`${round} ${index}`} data-part="tool">
            <code>
              {use.name}({JSON.stringify(use.input)})
            </code>
            {use.error !== undefined && <pre>{use.error}</pre>}
            {use.output !== undefined && <pre>{JSON.stringify(use.output)}</pre>}
            {use.approval === "asked" && (
              <>
                <button type="button" onClick={say(true)}>
                  Allow
                </button>
                <button type="button" onClick={say(false)}>
                  Refuse
                </button>
              </>
            )}
          </section>
        );
      })}
    </article>
  );
}
