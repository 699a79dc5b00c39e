import type { Attachment } from "../../protocol/files/attachment";
import { LIMITS } from "../../protocol/limits";
import type { KeptFile } from "../../protocol/rooms/turn-run";
import type { MemberPlan } from "../../resources/team-plan";
import type { Draft } from "../turn/draft";
import { mayGoOn } from "./may-go-on";

type Place = { turnId: string; step: string };

/** A file joins the answer of a step; the same key again is the same file. */
export function keepFile(draft: Draft, place: Place, file: KeptFile): void {
  const others = filesOf(draft, place).filter(({ key }) => key !== file.key);
  if (others.length >= LIMITS.madeFiles) return;
  // The round of a call is committed before it: what it gave stays with the round.
  setFiles(draft, place, [...others, file.call ? { ...file, stays: "rounds" } : file]);
}

/** What was said so far is committed, by a `bot` of its own: the files that came with it stay as long as that does. */
export function settleFiles(draft: Draft, place: Place, bot?: string): void {
  const files = filesOf(draft, place);
  if (files.every(({ stays }) => stays)) return;
  setFiles(
    draft,
    place,
    files.map((file) => (file.stays ? file : { ...file, stays: "rounds", ...(bot && { bot }) })),
  );
}

/** A new attempt begins, with or without rounds of those before it: what they have said else is gone. */
export function dropUnsettled(
  draft: Draft,
  place: Place,
  { hasRounds, agent }: { hasRounds: boolean; agent: MemberPlan["agent"] },
): void {
  const files = filesOf(draft, place);
  const left = files.filter(
    (file) =>
      file.stays === "run" || (hasRounds && file.stays === "rounds" && mayGoOn(file, agent)),
  );
  if (left.length < files.length) setFiles(draft, place, left);
}

/** As a message has them. */
export function attachmentsOf(draft: Draft, place: Place): { attachments?: Attachment[] } {
  const attachments = filesOf(draft, place).map(({ attachment }) => attachment);
  return attachments.length > 0 ? { attachments } : {};
}

function filesOf(draft: Draft, { turnId, step }: Place): KeptFile[] {
  return draft.stepRun(turnId, step).files ?? [];
}

function setFiles(draft: Draft, { turnId, step }: Place, files: KeptFile[]): void {
  draft.setStepRun(turnId, step, { ...draft.stepRun(turnId, step), files });
}
