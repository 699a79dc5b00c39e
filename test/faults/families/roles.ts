import { newId } from "../../../src/protocol/ids";
import { FaultUser } from "../fault-user";
import type { Random } from "../random";
import { FaultRoom } from "../room";
import { expects } from "../scenario";
import { check } from "../settle";
import type { Stage } from "../stage";
import { Watcher } from "../watcher";

type Standing = { name: string; role: "owner" | "editor" | "viewer"; scope: "read" | "write" };

/** Every role with every credential that can be in a room. */
export const ROLES: Standing[] = (["owner", "editor", "viewer"] as const).flatMap((role) =>
  (["read", "write"] as const).map((scope) => ({ name: `${role} (${scope})`, role, scope })),
);

/** What only who may write may do; the rest is for everybody in the room. */
const WRITING = new Set([
  "chat:send",
  "chat:cancel",
  "chat:retry",
  "chat:guide",
  "chat:typing",
  "turn:confirm",
]);

/** Every command, by somebody in the room: done or `forbidden`, as the role has it. */
export async function playRole(
  stage: Stage,
  random: Random,
  standing: Standing,
): Promise<string[]> {
  const { role, scope } = standing;
  const guest = await FaultUser.of(stage.server, `guest-${random.between(1, 1e9)}`, { scope });
  const room = await FaultRoom.open(stage, random, {
    watchers: 1,
    task: { members: [{ userId: guest.name, role }] },
  });
  const { turnId } = await room.send();
  const mayWrite = scope === "write" && role !== "viewer";
  const content = room.newContent();
  // The room hears of it only where it is allowed.
  if (mayWrite) room.note(content);
  const client = await Watcher.open(guest, room.taskId, { name: standing.name });
  const unknown = newId("turn", Date.now());
  const commands: [string, object][] = [
    ["chat:typing", { typing: true }],
    ["chat:guide", { content: `${room.mark} guidance`, turnId: unknown }],
    ["chat:retry", { turnId: unknown }],
    ["turn:confirm", { turnId, step: "nothing", approve: true }],
    ["chat:cancel", { turnId: unknown }],
    ["chat:send", { content }],
    ["history:sync", {}],
    ["task:leave", {}],
    ["task:join", {}],
  ];
  const wrong: string[] = [];
  for (const [type, data] of commands) {
    const reply = await client.ask(type, data);
    const isForbidden = reply?.error?.code === "forbidden";
    const due = WRITING.has(type) && !mayWrite;
    wrong.push(
      ...expects(isForbidden === due, `${type} by ${standing.name}: ${reply?.error?.code}`),
    );
  }
  const change = { userId: "somebody", role: "viewer" };
  const added = await guest.call("POST", `/tasks/${room.taskId}/members`, change);
  const status = role === "owner" && scope === "write" ? 201 : 403;
  wrong.push(...expects(added.status === status, `members by ${standing.name}: ${added.status}`));
  client.stop();
  return [...wrong, ...(await check(room))];
}
