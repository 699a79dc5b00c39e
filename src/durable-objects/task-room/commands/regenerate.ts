import { regenerateTurn } from "../../../engine/turn/regenerate";
import type { TurnRecord } from "../../../engine/turn/room";
import { isOpen } from "../../../engine/turn/transitions";
import type { SendAck } from "../../../protocol/commands/send-ack";
import { accepted, type Outcome, refuse, refused } from "../../../protocol/errors";
import type { Principal } from "../../../protocol/identity";
import { newId } from "../../../protocol/ids";
import type { Desk } from "../desk";
import type { Found } from "../turns/superseding";
import { standingAnswers, turnsOf, whenAskedFound } from "./asked-message";
import { noteAccepted } from "./people-commands";
import { permit } from "./permit";
import { withinQuota } from "./quota";

/**
 * `chat:regenerate`: another turn for a COMPLETED one's message. While one is open that answers the message
 * anew, that is the answer: asked twice, it is done once.
 */
export function regenerate(
  desk: Desk,
  principal: Principal,
  turnId: string,
): Outcome<SendAck> | Promise<Outcome<SendAck>> {
  const permitted = permit(desk, principal, "write");
  if (!permitted.ok) return permitted;
  const record = desk.store.turns.get(turnId);
  if (!record) return refused(refuse("not_found", "There is no such turn."));
  return whenAskedFound(desk, record, (found) => {
    const asked = found.find(({ message }) => message.id === record.turn.messageId);
    if (!asked) return refused(refuse("conflict", "The turn's message is not kept any more."));
    const act = () => openAnew(desk, record, asked) ?? begin(desk, principal, turnId, asked, found);
    return openAnew(desk, record, asked) ?? withinQuota(desk, principal, act);
  });
}

/** The answer of whoever has asked before; nothing where no turn is open for it. */
function openAnew(desk: Desk, { turn }: TurnRecord, { message }: Found) {
  const open = turnsOf(desk, turn, message.turnId).find(
    (other) => other.turn.regenerates !== undefined && isOpen(other.turn.status),
  );
  const { id: messageId } = message;
  return open && accepted({ messageId, turnId: open.turn.id, duplicate: true });
}

function begin(
  desk: Desk,
  principal: Principal,
  turnId: string,
  found: Found,
  asked: readonly Found[],
): Outcome<SendAck> {
  const permitted = permit(desk, principal, "write");
  if (!permitted.ok) return permitted;
  const record = desk.store.turns.get(turnId);
  if (!record) return refused(refuse("not_found", "There is no such turn."));
  const { message } = found;
  const done = desk.perform((draft) =>
    regenerateTurn(draft, {
      ...{ record, message, userId: principal.userId, descent: principal.descent },
      turnId: newId("turn", desk.doors.now()),
      // Where one that joined was edited, the turn would be asked what nobody asks.
      isSuperseded: asked.some((one) => one.isSuperseded()),
      answers: standingAnswers(desk, record, found),
    }),
  );
  if (!done.ok) return done;
  noteAccepted(desk, principal, "regenerate", done);
  return accepted({ ...done.value, duplicate: false });
}
