import type { Board, PanelId } from "../../protocol/operator/board";
import { shown } from "./words";

/** The few numbers that say whether all is well. */
export function Headline({ board }: { board: Board }) {
  const panel = (id: PanelId) => board.panels.find((one) => one.id === id);
  const whole = (id: PanelId, name: string) =>
    panel(id)?.lines.find((line) => line.name === name)?.whole ?? null;
  const sum = (id: PanelId) =>
    (panel(id)?.lines ?? []).reduce((all, line) => all + (line.whole ?? 0), 0);
  const turns = sum("turns");
  const failed = whole("turns", "FAILED") ?? 0;
  const cost = panel("cost")?.lines ?? [];
  const numbers = [
    { name: "Turns", text: shown(turns, "count") },
    { name: "Failed", text: turns > 0 ? shown(failed / turns, "share") : "–" },
    { name: "First token, p95", text: shown(whole("firstToken", "p95"), "seconds") },
    { name: "Turn, p95", text: shown(whole("turnDuration", "p95"), "seconds") },
    { name: "In queues now", text: shown(whole("queue", "queued"), "count") },
    { name: "Waiting for people now", text: shown(whole("queue", "waiting"), "count") },
    { name: "Tokens", text: shown(sum("tokens"), "tokens") },
    {
      name: "Cost",
      text: cost.map((line) => shown(line.whole, "money", line.name)).join(" + ") || "–",
    },
  ];
  return (
    <dl class="headline">
      {numbers.map(({ name, text }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}
