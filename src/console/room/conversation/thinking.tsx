type Props = { text: string | undefined; isWriting?: boolean };

/** A model's reasoning: collapsed, there for who asks. */
export function Thinking({ text, isWriting = false }: Props) {
  if (!text) return null;
  return (
    <details class="thinking">
      <summary>{isWriting ? "Thinking…" : "Thinking"}</summary>
      <div class="prewrap" dir="auto">
        {text}
      </div>
    </details>
  );
}
