import type { OnBusy } from "../../../client";

export type Policy = Exclude<OnBusy, "reject">;

const POLICIES: { policy: Policy; text: string }[] = [
  { policy: "enqueue", text: "Send after it" },
  { policy: "merge", text: "Join what waits" },
  { policy: "interrupt", text: "Stop it and send" },
  { policy: "rollback", text: "Undo it and send" },
  { policy: "guide", text: "Guide it" },
];

type Props = { policy: Policy; onPolicy: (policy: Policy) => void };

/** What a message does while something runs. */
export function PolicySelect({ policy, onPolicy }: Props) {
  return (
    <select
      aria-label="While it works"
      value={policy}
      onChange={(event) => {
        const { value } = event.currentTarget;
        onPolicy(POLICIES.find((known) => known.policy === value)?.policy ?? "enqueue");
      }}
    >
      {POLICIES.map((known) => (
        <option key={known.policy} value={known.policy}>
          {known.text}
        </option>
      ))}
    </select>
  );
}
