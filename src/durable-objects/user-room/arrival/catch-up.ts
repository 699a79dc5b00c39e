import { toTimestamp } from "../../../protocol/time";
import type { Position } from "../../sockets/arrival";
import { catchUp as catchUpWith, type Missed, type Place } from "../../sockets/catch-up";
import { packed } from "../../sockets/packing";
import type { Mailbox } from "../news/mailbox";
import { Tables } from "../tables";
import type { Device, UserSockets } from "./user-sockets";

type Doors = {
  ctx: DurableObjectState;
  now: () => number;
  sockets: UserSockets;
  mailbox: Mailbox;
};

/** Sends what was missed; the device hears nothing else until it is there. */
export function catchUp(doors: Doors, device: Device, position: Position): Promise<boolean> {
  return catchUpWith(device, missedBy(doors, device), position);
}

function missedBy(doors: Doors, device: Device): Missed {
  const tables = Tables.make(doors.ctx.storage);
  const { now, sockets, mailbox } = doors;
  return {
    now,
    head: () => tables.log.bounds().last,
    startFrom: (position) => startFrom(doors, device, position),
    framesAfter: (after) => framesAfter(tables, after),
    mayHear: () => sockets.mayHear(device),
    sendMomentary: ({ hasSnapshot, waited }) => {
      if (hasSnapshot || !waited) return;
      // What was read meanwhile is in no event of the log.
      device.send(mailbox.unreadEvent(tables));
    },
  };
}

/** The position, or the head where only a snapshot can help or just did. */
function startFrom(doors: Doors, device: Device, position: Position): Place {
  const tables = Tables.make(doors.ctx.storage);
  const reason = whyReset(doors, tables, position);
  if (reason !== undefined) sendReset(doors, device, reason);
  const { after } = position;
  if (reason !== undefined || after === undefined) {
    return { after: tables.log.bounds().last, hasSnapshot: true };
  }
  return { after, hasSnapshot: false };
}

function sendReset(doors: Doors, device: Device, reason: string): void {
  const tables = Tables.make(doors.ctx.storage);
  const state = doors.mailbox.state(tables);
  const { unread } = state;
  const data = { ...placeOf(doors, tables), unread, state, reason };
  device.send({ type: "history:reset", ts: toTimestamp(doors.now()), data });
}

function* framesAfter(tables: Tables, after: number) {
  for (const events of tables.log.after(after)) {
    yield { frames: packed(events), lastSeq: events.at(-1)?.seq ?? after };
  }
}

export function placeOf(
  { now }: Pick<Doors, "now">,
  { log }: Tables,
): { headSeq: number; epoch: string } {
  return { headSeq: log.bounds().last, epoch: log.epoch(now()) };
}

/** Why a device can't go on from where it was; nothing where it can. */
export function whyReset(
  doors: Pick<Doors, "now">,
  tables: Tables,
  { after, epoch }: Position,
): string | undefined {
  if (after === undefined) return undefined;
  const { first, last } = tables.log.bounds();
  if (epoch !== undefined && epoch !== placeOf(doors, tables).epoch)
    return "the log is another one";
  if (after > last) return "the position is ahead of the log";
  if (after < last && after + 1 < first) return "the position is older than what is kept";
  return undefined;
}
