import { answersOf } from "../../../engine/step/message";
import { decideCall, takeOutput } from "../../../engine/step/tool-answers";
import { type Cancel, cancelTurn, confirmStep, retryTurn } from "../../../engine/task/people";
import type { Draft } from "../../../engine/turn/draft";
import { activeTurn, type TurnRecord } from "../../../engine/turn/room";
import { guideTurn, makesNoTurn, send } from "../../../engine/turn/send";
import type { ChatSend } from "../../../protocol/commands/chat-send";
import type { SendAck } from "../../../protocol/commands/send-ack";
import type { ToolOutput } from "../../../protocol/commands/tool-output";
import type { TurnConfirm } from "../../../protocol/commands/turn-confirm";
import { accepted, type Outcome, type Refusal, refuse, refused } from "../../../protocol/errors";
import type { Attachment } from "../../../protocol/files/attachment";
import type { Principal } from "../../../protocol/identity";
import { newId } from "../../../protocol/ids";
import { DEFAULT_THREAD, type OnBusy } from "../../../protocol/turn";
import type { Desk } from "../desk";
import { presenceOf } from "../live/connections";
import { type ClientKey, clientKey } from "../store/client-keys";
import type { Found } from "../turns/superseding";
import { logAccepted } from "../turns/turn-lines";
import { isOvertaken, standingAnswers, whenTurnFound } from "./asked-message";
import { carryingFiles } from "./carried-files";
import { permit } from "./permit";
import { type Asking, withinQuota } from "./quota";

/** What people do in a room, by socket and by REST alike. Each asks for the role again. */

/**
 * `chat:send`: the same `clientMessageId` of the same user, or the same one of `keys`, gives the
 * first answer again.
 */
export function sendMessage(
  desk: Desk,
  principal: Principal,
  input: ChatSend,
  keys: ClientKey[] = [],
): Outcome<SendAck> | Promise<Outcome<SendAck>> {
  const { attachments: fileIds, ...words } = input;
  const own = [...keys, ...messageKey(principal, input)];
  const known = () => answeredBefore(desk, principal, own);
  const work = (attachments: Attachment[], { afterAwait }: Asking) =>
    // While the files were asked for, the same message may have come twice, or its sender have gone.
    (afterAwait ? known() : undefined) ??
    sendWords(desk, principal, { ...words, attachments }, own);
  return known() ?? carryingFiles(desk, principal, { fileIds }, work);
}

/** A message as the engine takes it: its files are those that the sender's home knows. */
type Words = Omit<ChatSend, "attachments"> & { attachments?: Attachment[] };

function sendWords(
  desk: Desk,
  principal: Principal,
  words: Words,
  keys: ClientKey[],
): Outcome<SendAck> | Promise<Outcome<SendAck>> {
  const act = ({ afterAwait }: Asking) =>
    (afterAwait ? answeredBefore(desk, principal, keys) : undefined) ??
    sendNew(desk, principal, words, keys);
  // What steers a turn is none: should it become one, the meter is asked then. What joins one is counted with it.
  if (desk.room && makesNoTurn(desk.room, messageOf(principal, words))) {
    return act({ afterAwait: false });
  }
  const isTurn = (ack: SendAck) => !ack.duplicate && isOfTurn(desk, ack);
  return withinQuota(desk, principal, act, { isTurn });
}

/** Whether the message is what its turn was made for, and no guidance. */
function isOfTurn({ room }: Desk, { turnId, messageId }: SendAck): boolean {
  const turn = room?.state.openTurns.find(({ id }) => id === turnId);
  return turn?.messageId === messageId;
}

/** What the caller is answered without anything being done; nothing where there is something to do. */
export function answeredBefore(
  desk: Desk,
  principal: Principal,
  keys: ClientKey[],
): Outcome<SendAck> | undefined {
  const permitted = permit(desk, principal, "write");
  if (!permitted.ok) return permitted;
  const answers = keys.map((key) => desk.store.clientKeys.find(key));
  if (answers.includes("conflict")) {
    return refused(refuse("conflict", "The same id was used with other content before."));
  }
  const known = answers.find((answer) => answer !== undefined && answer !== "conflict");
  return known && accepted({ ...known, duplicate: true });
}

function sendNew(
  desk: Desk,
  principal: Principal,
  input: Words,
  keys: ClientKey[],
): Outcome<SendAck> {
  const now = desk.doors.now();
  const turn = { turnId: newId("turn", now), messageId: newId("msg", now) };
  const sent = desk.perform(
    (draft) => send(draft, { ...turn, ...messageOf(principal, input) }),
    keys,
  );
  if (!sent.ok) return sent;
  noteAccepted(desk, principal, "send", sent);
  return accepted({ ...sent.value, duplicate: false });
}

export function cancel(
  desk: Desk,
  principal: Principal,
  input: Omit<Cancel, "by">,
): Outcome<{ turnId: string | null }> {
  const permitted = permit(desk, principal, "write");
  if (!permitted.ok) return permitted;
  const done = desk.perform((draft) => cancelTurn(draft, { ...input, by: principal.userId }));
  return noteAccepted(desk, principal, "cancel", done);
}

export function retry(
  desk: Desk,
  principal: Principal,
  turnId: string,
): Outcome<{ turnId: string }> | Promise<Outcome<{ turnId: string }>> {
  const permitted = permit(desk, principal, "write");
  if (!permitted.ok) return permitted;
  const record = desk.store.turns.get(turnId);
  if (!record) return refused(refuse("not_found", "There is no such turn."));
  const { unpaid, userId } = record.run;
  // One that was never admitted is no old turn; another's meter is asked when it begins.
  const newTurn = unpaid === true && userId === principal.userId;
  // An answer that was superseded would come back under its own id.
  return whenTurnFound(desk, record, (found) => {
    const act = () => retryNow(desk, principal, turnId, found);
    return withinQuota(desk, principal, act, { newTurn, turnId });
  });
}

function retryNow(
  desk: Desk,
  principal: Principal,
  turnId: string,
  messages: readonly Found[],
): Outcome<{ turnId: string }> {
  const permitted = permit(desk, principal, "write");
  if (!permitted.ok) return permitted;
  const open = permitted.value.room.state.openTurns.find(({ id }) => id === turnId);
  const record = desk.store.turns.get(turnId);
  if (!record) return refused(refuse("not_found", "There is no such turn."));
  const { planId } = record.run;
  const plan = planId === undefined ? undefined : desk.store.plan(planId);
  const done = desk.perform((draft) => {
    if (planId !== undefined && plan) {
      draft.setRoom({ plans: { [planId]: plan, ...draft.room.plans } });
    }
    const asked = messages.find(({ message }) => message.id === record.turn.messageId);
    return retryTurn(draft, open ? { ...record, turn: open } : record, {
      isSuperseded: isUndone(desk, record, messages) || isOvertaken(desk, record.turn),
      ...(asked && record.run.supersedes && { answers: standingAnswers(desk, record, asked) }),
    });
  });
  return noteAccepted(desk, principal, "retry", done);
}

/** Also by what the turn has said while its messages were looked for, or a meter was asked. */
function isUndone({ store }: Desk, { turn }: TurnRecord, messages: readonly Found[]): boolean {
  return (
    messages.some((one) => one.isSuperseded()) ||
    answersOf(turn).some((id) => store.messages.get(id)?.supersededBy !== undefined)
  );
}

/** `turn:confirm`: a yes or no to a step, or to one call of it. */
export function confirm(
  desk: Desk,
  principal: Principal,
  input: TurnConfirm,
): Outcome<{ turnId: string }> {
  const permitted = permit(desk, principal, "write");
  if (!permitted.ok) return permitted;
  const { note, toolCallId, round, index, ...rest } = input;
  const said = { ...rest, ...(note !== undefined && { note }), by: principal.userId };
  const done = answer(desk, (draft) =>
    toolCallId === undefined
      ? confirmStep(draft, said)
      : decideCall(draft, { ...said, toolCallId, ...placed({ round, index }) }),
  );
  return noteAccepted(desk, principal, "confirm", done);
}

/** `tool:output`: what the client made of a call that it was handed. */
export function giveOutput(
  desk: Desk,
  principal: Principal,
  { turnId, toolCallId, round, index, output, error }: ToolOutput,
): Outcome<{ turnId: string }> {
  const permitted = permit(desk, principal, "write");
  if (!permitted.ok) return permitted;
  if ((output === undefined) === (error === undefined)) {
    const issues = [{ path: "output", message: "one of output and error is needed" }];
    return refused(refuse("invalid_request", "Give an output or an error.", { issues }));
  }
  const given = error === undefined ? { output: output ?? null } : { error };
  const isOwner = permitted.value.role === "owner";
  const by = principal.userId;
  const done = answer(desk, (draft) =>
    takeOutput(draft, { turnId, toolCallId, ...placed({ round, index }), by, isOwner, ...given }),
  );
  return noteAccepted(desk, principal, "tool-output", done);
}

/** Which of the calls with one id is answered, where that is said. */
function placed({ round, index }: Pick<ToolOutput, "round" | "index">) {
  return { ...(round !== undefined && { round }), ...(index !== undefined && { index }) };
}

function answer<T>(desk: Desk, rule: (draft: Draft) => T | Refusal): Outcome<T> {
  desk.doors.fault("before answer");
  const done = desk.perform(rule);
  desk.doors.fault("after answer");
  return done;
}

/** `chat:guide`: steers the turn, by default the active one, at its next model call or step. */
export function guide(
  desk: Desk,
  principal: Principal,
  input: { turnId?: string | undefined; content: string },
): Outcome<{ turnId: string }> {
  const permitted = permit(desk, principal, "write");
  if (!permitted.ok) return permitted;
  const active = activeTurn(permitted.value.room);
  if (!active || (input.turnId !== undefined && input.turnId !== active.id)) {
    const known = input.turnId === undefined || desk.store.turns.get(input.turnId);
    return refused(
      known
        ? refuse("conflict", "Only the active turn can be guided.")
        : refuse("not_found", "There is no such turn."),
    );
  }
  const now = desk.doors.now();
  const turn = { turnId: newId("turn", now), messageId: newId("msg", now) };
  const { threadId } = active;
  const message = messageOf(principal, { content: input.content, threadId });
  const done = desk.perform((draft) => {
    const guided = guideTurn(draft, active.id, { ...turn, ...message });
    return "code" in guided ? guided : { turnId: guided.turnId };
  });
  return noteAccepted(desk, principal, "guide", done);
}

/** What is done is in the platform's log with the request that asked for it. */
export function noteAccepted<T extends { turnId: string | null }>(
  desk: Desk,
  principal: Principal,
  command: Parameters<typeof logAccepted>[2]["command"],
  done: Outcome<T>,
): Outcome<T> {
  if (!done.ok) return done;
  logAccepted(desk, principal, {
    command,
    taskId: desk.taskId,
    turnId: done.value.turnId ?? undefined,
  });
  return done;
}

export function messageOf(principal: Principal, input: Words) {
  const onBusy: { onBusy?: OnBusy } = input.onBusy ? { onBusy: input.onBusy } : {};
  return {
    author: presenceOf(principal),
    content: input.content,
    attachments: input.attachments,
    clientMessageId: input.clientMessageId,
    threadId: input.threadId ?? DEFAULT_THREAD,
    metadata: input.metadata ?? {},
    clientTools: input.clientTools,
    descent: principal.descent,
    ...onBusy,
  };
}

function messageKey({ userId }: Principal, input: ChatSend): ClientKey[] {
  const { clientMessageId, content, threadId = DEFAULT_THREAD, attachments = [] } = input;
  if (clientMessageId === undefined) return [];
  const files = attachments.length > 0 && { attachments };
  return [clientKey("message", userId, clientMessageId, { content, threadId, ...files })];
}
