import type { Message } from "../protocol/message";
import type { Turn } from "../protocol/turn";
import type { AppContext } from "../worker/context";
import { RefusedRequest } from "../worker/problem";
import { arrive } from "../worker/rooms/arrive";
import { answerOf, taskRoom, twice } from "../worker/rooms/ask";
import { openGuard } from "../worker/rooms/guard";
import { RoomUnavailable } from "../worker/rooms/room-failure";
import { Feed } from "../worker/streams/feed";
import type { TurnRoom } from "./turn-view/turn-view";

/** Messages of a page when those of one turn are looked for, and pages at most. */
const PAGE_MESSAGES = 100;
const PAGES = 5;

/** A task's room, as the caller may see it. */
export function roomOf(c: AppContext, taskId: string): TurnRoom {
  const { principal } = c.var;
  const room = () => taskRoom(c.env, taskId);
  // A log that was restored is another one: its numbers say nothing of what was told.
  let epoch: string | undefined;
  return {
    feed: async (after) => {
      const guard = await openGuard(c);
      try {
        const position = after === undefined ? {} : { after, ...(epoch && { epoch }) };
        const arrived = await arrive(room, { principal, position, isFeed: true });
        epoch = arrived.epoch;
        return new Feed(arrived.webSocket, guard);
      } catch (error) {
        guard?.accept();
        guard?.close(1000, "no feed");
        throw error;
      }
    },
    turn: async (turnId) => answerOf(await twice(() => room().turn(principal, turnId))),
    answers: (turn) => answersOf(c, taskId, turn),
    isPassing: (error) =>
      error instanceof RoomUnavailable ||
      (error instanceof RefusedRequest && error.refusal.code === "unavailable"),
  };
}

/** A turn's own messages but the question: others' may lie between them. */
async function answersOf(c: AppContext, taskId: string, turn: Turn): Promise<Message[]> {
  const answers: Message[] = [];
  let after = turn.messageId;
  for (let pages = 0; pages < PAGES; pages++) {
    // What a turn has said is its own, also where another answer stands in its place.
    const query = { taskId, after, superseded: true, limit: PAGE_MESSAGES };
    const asked = await twice(() => taskRoom(c.env, taskId).messages(c.var.principal, query));
    const { items } = answerOf(asked);
    answers.push(...items.filter(({ turnId }) => turnId === turn.id));
    const last = items.at(-1);
    if (!last || answers.length >= turn.steps.length) break;
    after = last.id;
  }
  return answers;
}
