import { isOpen } from "../../src/engine/transitions";
import { historyPage, sendAck } from "../../src/protocol/commands";
import type { RoomEvent } from "../../src/protocol/events";
import type { TurnStatus } from "../../src/protocol/turn";
import { Connection } from "./connection";
import type { Server } from "./rest";
import { type Item, type Story, tell, UNTOLD } from "./tell";

export type Listener = {
  onItems: (items: Item[]) => void;
  onReady: () => void;
  onEnd: (reason: string) => void;
};

/** What a person does in a room: say, stop, look back. */
export class Conversation {
  readonly #connection: Connection;
  readonly #listener: Listener;
  readonly #awaited = new Map<string, (status: TurnStatus) => void>();
  readonly #stopping = new Set<string>();
  /** Sent by this client: already on its screen when it comes back. */
  readonly #own: string[] = [];
  #unsent = 0;
  #story: Story = UNTOLD;

  constructor(server: Server, taskId: string, listener: Listener) {
    this.#listener = listener;
    this.#connection = new Connection({
      server,
      taskId,
      position: () => this.#position(),
      onEvent: (event) => this.#hear(event),
      onNote: (text) => listener.onItems([{ kind: "note", text }]),
      onEnd: listener.onEnd,
    });
  }

  /** Sends a message and waits for how its turn ends; nothing where the room refuses it. */
  async say(content: string): Promise<TurnStatus | undefined> {
    this.#own.push(content);
    this.#unsent += 1;
    const clientMessageId = crypto.randomUUID();
    const reply = await this.#connection.send("chat:send", { content, clientMessageId });
    this.#unsent -= 1;
    const ack = reply.ok ? sendAck.safeParse(reply.data).data : undefined;
    if (!ack) {
      this.#note(reply.ok ? "the server's answer makes no sense" : reply.refusal.message);
      return undefined;
    }
    return new Promise((settle) => {
      this.#awaited.set(ack.turnId, settle);
      this.#settle(ack.duplicate);
    });
  }

  /** Asks for the running turn to stop; false where there is none, or it was asked before. */
  stop(): boolean {
    const room = this.#story.room;
    const turnId = room?.task.activeTurnId ?? room?.openTurns[0]?.id;
    if (turnId === undefined && this.#unsent === 0) return false;
    const key = turnId ?? "";
    if (this.#stopping.has(key)) return false;
    this.#stopping.add(key);
    this.#connection.send("chat:cancel", turnId === undefined ? {} : { turnId });
    this.#note("stopping…");
    return true;
  }

  async history(): Promise<void> {
    const reply = await this.#connection.send("history:sync", { limit: 20 });
    if (!reply.ok) return this.#note(reply.refusal.message);
    const messages = historyPage.safeParse(reply.data).data?.messages ?? [];
    this.#listener.onItems(messages.map((message) => ({ kind: "said", message })));
  }

  get busy(): boolean {
    return this.#unsent > 0 || (this.#story.room?.openTurns.length ?? 0) > 0;
  }

  close(): void {
    this.#connection.close();
  }

  #position() {
    const { room, epoch } = this.#story;
    return room && epoch !== undefined ? { after: room.task.headSeq, epoch } : undefined;
  }

  #hear(event: RoomEvent): void {
    const { story, items } = tell(this.#story, event);
    this.#story = story;
    this.#listener.onItems(items.filter((item) => !this.#isOwn(item)));
    const arrival = event.type === "session:ready" || event.type === "history:reset";
    if (!this.busy) this.#stopping.clear();
    this.#settle(arrival && event.data.state !== undefined);
    if (event.type === "session:ready") this.#listener.onReady();
  }

  #isOwn(item: Item): boolean {
    if (item.kind !== "said" || item.message.role !== "user") return false;
    const at = this.#own.indexOf(item.message.content);
    if (at >= 0) this.#own.splice(at, 1);
    return at >= 0;
  }

  /** `complete`: the state holds every turn that is open, so a missing one has ended unheard. */
  #settle(complete: boolean): void {
    for (const [turnId, settle] of this.#awaited) {
      const heard = this.#story.outcomes[turnId];
      const status = heard && !isOpen(heard) ? heard : complete && this.#endedUnheard(turnId);
      if (!status) continue;
      this.#awaited.delete(turnId);
      settle(status);
    }
  }

  #endedUnheard(turnId: string): TurnStatus | undefined {
    const room = this.#story.room;
    if (!room || room.openTurns.some(({ id }) => id === turnId)) return undefined;
    const answer = room.messages.findLast(
      (message) => message.turnId === turnId && message.role === "assistant",
    );
    if (answer?.status === "complete") return "COMPLETED";
    return answer?.status === "interrupted" ? "INTERRUPTED" : "FAILED";
  }

  #note(text: string): void {
    this.#listener.onItems([{ kind: "note", text }]);
  }
}
