import type { ComponentChildren } from "preact";
import { Badge } from "../../../parts/badge";
import type { ShownUse, UseState } from "./shown-use";

const SHOWN: Record<UseState, { text: string; tone: string }> = {
  planned: { text: "planned", tone: "calm" },
  running: { text: "running", tone: "busy" },
  asks: { text: "waits for approval", tone: "warn" },
  "with-client": { text: "waits for the client", tone: "warn" },
  refused: { text: "not approved", tone: "bad" },
  done: { text: "done", tone: "good" },
  failed: { text: "failed", tone: "bad" },
  unknown: { text: "outcome unknown", tone: "warn" },
};

type Props = {
  use: ShownUse;
  /** What its tool last said of its progress, or what it waits for. */
  children?: ComponentChildren;
};

/** One use of a tool: what was called, how far it is, and on demand what went in and came out. */
export function ToolCard({ use, children }: Props) {
  const { name, state, input, output, error, isCut } = use;
  const { text, tone } = SHOWN[state];
  return (
    <li class={`tool ${state}`} aria-label={`Tool ${name}: ${text}`}>
      <div class="row spread">
        <span>
          Tool <code>{name}</code>
        </span>
        <Badge tone={tone}>{text}</Badge>
      </div>
      {error !== undefined && <p class="issue prewrap">{error}</p>}
      {state === "unknown" && (
        <p class="quiet">It was called, and the answer ended before it said what it had done.</p>
      )}
      {/* Nobody says yes to what they have not seen. */}
      <Value
        {...{ name: "Input", of: name, value: input, isOpen: state === "asks" }}
        isCut={isCut && isCutText(input)}
      />
      {children}
      {output !== undefined && (
        <Value name="Output" of={name} value={output} isCut={isCut && isCutText(output)} />
      )}
    </li>
  );
}

type ValueProps = { name: string; of: string; value: unknown; isCut: boolean; isOpen?: boolean };

function Value({ name, of, value, isCut, isOpen = false }: ValueProps) {
  return (
    <details class="thinking" open={isOpen}>
      <summary aria-label={`${name} of ${of}`}>
        {name}
        {isCut && " (cut)"}
      </summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must scroll by keyboard too */}
      <pre tabIndex={0}>{textOf(value)}</pre>
    </details>
  );
}

/** `cut` does not say which of the two values it was: what was cut is a text that ends in this mark. */
function isCutText(value: unknown): boolean {
  return typeof value === "string" && value.endsWith("[…cut]");
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value, null, 2) ?? "nothing");
}
