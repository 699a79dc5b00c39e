import * as z from "zod";
import { until } from "../../support/until";
import type { FaultRoom } from "../room";
import { expects } from "../scenario";
import { Watcher } from "../watcher";
import type { MakeScene } from "./scene";

const session = z.looseObject({ recoveryToken: z.string() });
const key = z.looseObject({ id: z.string(), key: z.string() });
const notifications = z.object({ items: z.array(z.looseObject({ id: z.string() })) });
const queue = z.object({ items: z.array(z.looseObject({ status: z.string() })) });
/** They keep a delivery waiting over the change of the code. */
const REFUSALS = [503, 500, 503];

/** Sends, and waits until its turn has ended. */
async function converse(room: FaultRoom): Promise<void> {
  const from = room.client.frames.all.length;
  await room.send();
  await room.client.next(({ type }) => type === "chat:done", from);
}

const outbox: MakeScene = () => ({
  name: "the outbox is half told",
  withoutD1: true,
  enter: converse,
});

const deliveries: MakeScene = () => ({
  name: "a delivery is pending",
  room: () => ({ hooked: true }),
  enter: async (room) => {
    room.hook?.receiver.answers.push(...REFUSALS);
    await converse(room);
  },
  leave: async ({ owner, hook }) => {
    hook?.receiver.answers.splice(0);
    const path = `/webhooks/${hook?.id}/deliveries?limit=200`;
    const isDone = async () =>
      (await owner.ask(queue, "GET", path)).items.every(({ status }) => status === "delivered");
    const done = await until("all is delivered", isDone, 30_000).catch(() => false);
    return expects(done, "what waited was not delivered under the other code");
  },
});

/** Only the present code knows tests; the release has to live with what is left of one. */
const tests: MakeScene = () => ({
  name: "an endpoint is tried out",
  room: () => ({ hooked: true }),
  enter: async (room) => {
    await room.owner.call("POST", `/webhooks/${room.hook?.id}/test`);
    await converse(room);
  },
  leave: async ({ owner, hook }) => {
    const { status } = await owner.call("GET", `/webhooks/${hook?.id}/deliveries`);
    return expects(status === 200, `the list of deliveries got ${status}`);
  },
});

const sessions: MakeScene = () => {
  let token = "";
  return {
    name: "a session has a recovery token",
    enter: async ({ owner, taskId }) => {
      if (token === "") {
        const made = await owner.ask(session, "POST", "/sessions", { taskId });
        token = made.recoveryToken;
      }
    },
    leave: async ({ owner }) => {
      const used = token;
      const recover = (recoveryToken: string) =>
        owner.call("POST", "/sessions/recover", { recoveryToken });
      const next = await recover(used);
      token = session.safeParse(next.body).data?.recoveryToken ?? used;
      return expects(next.status === 200, `the recovery token got ${next.status}`);
    },
  };
};

/** One key is revoked just before each change, the other lives on. */
const keys: MakeScene = () => {
  let kept: string | undefined;
  const revoked: string[] = [];
  const make = ({ owner }: FaultRoom) =>
    owner.ask(key, "POST", "/api-keys", { name: "k", scopes: ["write"] });
  return {
    name: "a key has just been revoked",
    enter: async (room) => {
      const { owner, taskId } = room;
      kept ??= (await make(room)).key;
      const made = await make(room);
      const guest = await Watcher.open(owner.with(made.key), taskId, {
        name: "a guest with a key",
      });
      await owner.call("DELETE", `/api-keys/${made.id}`);
      guest.stop();
      revoked.push(made.key);
    },
    leave: async ({ owner, taskId }) => {
      const get = async (token = "") =>
        (await owner.with(token).call("GET", `/tasks/${taskId}`)).status;
      const answers = await Promise.all(revoked.map(get));
      const lives = await get(kept);
      return [
        ...expects(
          answers.every((status) => status === 401),
          `revoked keys got ${answers}`,
        ),
        ...expects(lives === 200, `a key that was not revoked got ${lives}`),
      ];
    },
  };
};

const unread: MakeScene = () => {
  const acknowledged: string[] = [];
  let due: string[] = [];
  const read = async ({ owner }: FaultRoom) => {
    const path = "/notifications?unread=true&limit=200";
    return (await owner.ask(notifications, "GET", path)).items.map(({ id }) => id);
  };
  return {
    name: "notifications are unread",
    enter: async (room) => {
      await converse(room);
      due = await read(room);
    },
    leave: async (room) => {
      const now = await read(room);
      const lost = due.filter((id) => !now.includes(id));
      const back = now.filter((id) => acknowledged.includes(id));
      const [first] = now;
      if (first !== undefined) {
        await room.owner.call("POST", "/notifications/ack", { ids: [first] });
        acknowledged.push(first);
      }
      return [
        ...expects(lost.length === 0, `${lost.length} unread notifications are gone`),
        ...expects(back.length === 0, `${back.length} read notifications are unread again`),
      ];
    },
  };
};

/** What else a room or its owner's home may be in the middle of. */
export const HOME_SCENES = [deliveries, tests, sessions, keys, unread, outbox];
