import { getToolName, isToolUIPart, type UIMessage } from "ai";

type Answer = (answer: { id: string; approved: boolean }) => void;
type Props = { part: UIMessage["parts"][number]; answer: Answer };

/** One part of a message: words, a thought, or a tool's call with what a person is asked about it. */
export function Part({ part, answer }: Props) {
  if (part.type === "text") return <p data-part="text">{part.text}</p>;
  if (part.type === "reasoning") return <p data-part="reasoning">{part.text}</p>;
  if (!isToolUIPart(part)) return null;
  const { approval } = part;
  return (
    <section data-part="tool" data-state={part.state}>
      <code>
        {getToolName(part)}({JSON.stringify(part.input)})
      </code>
      {part.state === "output-available" && <pre>{JSON.stringify(part.output)}</pre>}
      {part.state === "output-error" && <pre>{part.errorText}</pre>}
      {part.state === "approval-requested" && approval && (
        <>
          <button type="button" onClick={() => answer({ id: approval.id, approved: true })}>
            Allow
          </button>
          <button type="button" onClick={() => answer({ id: approval.id, approved: false })}>
            Refuse
          </button>
        </>
      )}
    </section>
  );
}
