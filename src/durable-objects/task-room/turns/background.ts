import type { Fence } from "../../../engine/step/fence";
import type { Background } from "../../../engine/step/request";
import { type Room, waitingTurns } from "../../../engine/turn/room";
import type { MessagePage } from "../../../history/messages";
import { describeError, logError } from "../../../platform/platform-log";
import type { Refusal } from "../../../protocol/errors";
import type { Attachment } from "../../../protocol/files/attachment";
import { LIMITS } from "../../../protocol/limits";
import type { Message } from "../../../protocol/message";
import { usesIn } from "../../../protocol/tools/tool-use";
import type { Step, Turn } from "../../../protocol/turn";
import type { RoomStore } from "../store/room-store";
import type { HistoryQuery } from "./history-reader";
import { answersOf, inPlace } from "./in-place";

/**
 * Older messages that are read for a model's context, at most; its window cuts further. A given history
 * is among them whole, beside the turn's own message and those that wait.
 */
export const CONTEXT = {
  limit: LIMITS.givenMessages + LIMITS.waitingTurns + 1,
  bytes: LIMITS.pageBytes,
};

/** What announces a task comes before all that is said in it. */
const FIRST_MESSAGE_SEQ = 2;

type Store = Pick<RoomStore, "messages" | "turns">;
export type PageReader = (query: HistoryQuery, bytes: number) => Promise<MessagePage | Refusal>;
/** What the database may have alone. Both reject where it is needed and can't be reached. */
export type Readers = {
  page: PageReader;
  find(messageId: string): Promise<Message | undefined>;
};

/** What a step goes on from: its thread besides the turn itself and those that wait, and its turn's results. */
export async function backgroundOf(
  room: Room | undefined,
  store: Store & Pick<RoomStore, "toolValues" | "parts" | "files">,
  { turnId, step }: Pick<Fence, "turnId" | "step">,
  { page, find }: Readers,
): Promise<Background> {
  const turn = room?.state.openTurns.find(({ id }) => id === turnId);
  if (!room || !turn) return NOTHING;
  const left = new Set([turnId, ...waitingTurns(room).map(({ id }) => id)]);
  const { toldBefore, anewFrom } = room.runs[turnId] ?? {};
  const recent =
    anewFrom === undefined
      ? newest(store, turn, toldBefore)
      : await before(store, turn, anewFrom, page);
  const said = recent.filter((message) => !left.has(message.turnId));
  const told = inPlace(said, questionOf(store));
  const history = [...givenWords(room, store, turn.threadId, recent[0]?.seq), ...told];
  const stream = room.state.streams.find((one) => one.turnId === turnId && one.step === step);
  const rounds = store.toolValues.whole({ turnId, step }, stream?.rounds ?? []);
  const run = turn.steps.find((one) => one.step === step)?.run ?? 1;
  const firstRun = room.runs[turnId]?.steps[step]?.firstRun ?? run;
  const parts = store.parts.of(turnId, step, firstRun);
  const uses = new Map(turn.steps.map((one) => [one.step, usesOf(store, turn, one)]));
  const asked = [turn.messageId, ...(room.runs[turnId]?.joined ?? [])];
  const own = await attachmentsOf(store, asked, find);
  return {
    ...{ history, uses, rounds, parts, attachments: own },
    outputs: store.turns.outputs(turn),
    handedFiles: handedFiles(store, turn),
  };
}

export const NOTHING: Background = {
  history: [],
  outputs: new Map(),
  uses: new Map(),
  rounds: [],
  attachments: [],
  handedFiles: new Map(),
  parts: new Map(),
};

/** Files of what a turn is asked, which may be long ago. */
async function attachmentsOf(
  { messages, files }: Pick<RoomStore, "messages" | "files">,
  asked: readonly string[],
  find: Readers["find"],
): Promise<Attachment[]> {
  // Most tasks carry none, and need nothing of the database.
  const carries = files.owners().length > 0;
  const found = asked.map((id) => messages.get(id) ?? (carries ? find(id) : undefined));
  return (await Promise.all(found)).flatMap((message) => message?.attachments ?? []);
}

/** Files of the messages of a turn's finished steps. */
function handedFiles({ messages }: Pick<RoomStore, "messages">, turn: Turn) {
  const files = new Map<string, Attachment[]>();
  for (const { step, status, messageId } of turn.steps) {
    if (status !== "COMPLETED" || messageId === undefined) continue;
    const { attachments = [] } = messages.get(messageId) ?? {};
    if (attachments.length > 0) files.set(step, attachments);
  }
  return files;
}

function newest({ messages }: Store, { threadId }: Turn, beforeSeq?: number): Message[] {
  return messages.read({ threadId }, { ...CONTEXT, beforeSeq }).items;
}

/**
 * What a turn that answers anew is told: what was said before its message, with the answers to that,
 * however late they came.
 */
async function before(
  store: Store,
  turn: Turn,
  anewFrom: number,
  page: PageReader,
): Promise<Message[]> {
  const { threadId, messageId } = turn;
  const said = await earlier(store, turn, anewFrom, () =>
    page({ threadId, before: messageId, limit: CONTEXT.limit }, CONTEXT.bytes),
  );
  const range = { ...CONTEXT, afterSeq: anewFrom };
  const later = store.messages.read({ threadId, roles: ["assistant"] }, range).items;
  return [...said, ...answersOf(said, later, questionOf(store))];
}

/** From the database where the room does not have it any more; without that, what the room has. */
async function earlier(
  store: Store,
  turn: Turn,
  anewFrom: number,
  read: () => ReturnType<PageReader>,
): Promise<Message[]> {
  try {
    const page = await read();
    if ("items" in page) return page.items;
  } catch (error) {
    logError("history_unreachable", { taskId: turn.taskId, causes: describeError(error) });
  }
  return newest(store, turn, anewFrom);
}

/** The message that a turn answers which is no message of its own. */
export function questionOf({
  turns,
}: Pick<Store, "turns">): (turnId: string) => string | undefined {
  return (turnId) => {
    const { regenerates, messageId } = turns.get(turnId)?.turn ?? {};
    return regenerates === undefined ? undefined : messageId;
  };
}

/** What the tools of a step did that hands on no result: it failed, or was rolled back. */
function usesOf(store: Pick<RoomStore, "messages" | "toolValues">, turn: Turn, step: Step) {
  const { status, messageId, run } = step;
  // The message of one that failed has those of its earlier runs, too.
  if (status === "FAILED" && messageId) return usesIn(store.messages.get(messageId)?.metadata);
  return run > 1 ? store.toolValues.usesLeft({ turnId: turn.id, step: step.step }) : [];
}

/** What was given as system text when the task was made: it stays, however long the conversation has become. */
function givenWords(
  { importedThrough = 0 }: Room,
  { messages }: Pick<RoomStore, "messages">,
  threadId: string,
  readFrom = 0,
): Message[] {
  if (importedThrough === 0 || readFrom <= FIRST_MESSAGE_SEQ) return [];
  const beforeSeq = Math.min(readFrom, importedThrough + 1);
  return messages.read({ threadId, roles: ["system"] }, { ...CONTEXT, beforeSeq }).items;
}
