import type { ChatMessage } from "../protocol/events/chat-message";
import type { Turn } from "../protocol/turn";
import type { AppContext } from "../worker/context";
import { answerOf, taskRoom, twice } from "../worker/rooms/ask";

/** Turns that answer one message anew, one after the other, that are gone back through at most. */
const ANEW = 20;

/**
 * The message that a turn answers, as its sender's client named it: from the turn's first event, where the room
 * still has that. A turn that answers anew goes back to the one that was first to.
 */
export async function questionOf(c: AppContext, turn: Turn): Promise<ChatMessage | undefined> {
  const room = taskRoom(c.env, turn.taskId);
  let first = turn;
  for (let turns = 0; first.regenerates !== undefined && turns < ANEW; turns++) {
    const { regenerates } = first;
    first = answerOf(await twice(() => room.turn(c.var.principal, regenerates)));
  }
  if (first.firstSeq === undefined) return undefined;
  const query = { after: first.firstSeq - 1, limit: 1 };
  const [event] = answerOf(await twice(() => room.events(c.var.principal, query))).items;
  const isIt = event?.type === "chat:message" && event.data.message.turnId === first.id;
  return isIt ? event.data : undefined;
}
