import type {
  ConnectionStatus,
  RoomConnection,
  RoomEvent,
  Taskroom,
  TurnStatus,
} from "../../src/client/index";
import { isOpen } from "../../src/engine/turn/transitions";
import { type Answer, type Question, questionsOf } from "./questions";
import { reasonOf, reasonOfEnd } from "./reasons";
import { type Item, type Story, tell, UNTOLD } from "./tell";

export type Listener = {
  onItems: (items: Item[]) => void;
  onReady: () => void;
  onEnd: (reason: string) => void;
  /** What the room asks next that may be answered here; nothing once it asks nothing more. */
  onQuestion: (question: Question | undefined) => void;
};

/** What a person does in a room: say, stop, look back. */
export class Conversation {
  readonly #room: RoomConnection;
  readonly #listener: Listener;
  readonly #awaited = new Map<string, (status: TurnStatus) => void>();
  readonly #stopping = new Set<string>();
  /** Sent by this client: already on its screen when it comes back. */
  readonly #own: string[] = [];
  /** Questions that were answered here; the room says so itself a moment later. */
  readonly #answered = new Set<string>();
  #question: Question | undefined;
  #connection: ConnectionStatus["state"] = "connecting";
  #isLost = false;
  #unsent = 0;
  #story: Story = UNTOLD;

  constructor(taskroom: Taskroom, taskId: string, listener: Listener) {
    this.#listener = listener;
    this.#room = taskroom.connect(taskId);
    this.#room.on("*", (event) => this.#hear(event));
    this.#room.subscribe(() => this.#stand(this.#room.getSnapshot().connection));
  }

  /** Sends a message and waits for how its turn ends; nothing where the room refuses it. */
  async say(content: string): Promise<TurnStatus | undefined> {
    this.#own.push(content);
    this.#unsent += 1;
    const ack = await this.#room.send(content).catch((error: unknown) => {
      this.#note(reasonOf(error));
    });
    this.#unsent -= 1;
    if (!ack) return undefined;
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
    this.#room.cancel(turnId === undefined ? {} : { turnId }).catch((error: unknown) => {
      this.#note(reasonOf(error));
    });
    this.#note("stopping…");
    return true;
  }

  /** Answers what the room asks; false where it asks nothing. */
  answer(answer: Answer): boolean {
    const question = this.#question;
    if (!question) return false;
    const { key, text, ...place } = question;
    this.#answered.add(key);
    this.#room.confirm({ ...place, ...answer }).catch((error: unknown) => {
      this.#answered.delete(key);
      this.#note(reasonOf(error));
      this.#ask();
    });
    this.#ask();
    return true;
  }

  async history(): Promise<void> {
    try {
      const { messages } = await this.#room.historySync({ limit: 20 });
      this.#listener.onItems(messages.map((message) => ({ kind: "said", message })));
    } catch (error) {
      this.#note(reasonOf(error));
    }
  }

  get busy(): boolean {
    return this.#unsent > 0 || (this.#story.room?.openTurns.length ?? 0) > 0;
  }

  close(): void {
    this.#room.close();
  }

  #stand(connection: ConnectionStatus): void {
    const { state } = connection;
    if (state === this.#connection) return;
    if (state === "open" && this.#isLost) this.#note("connected again");
    if (state === "open") this.#isLost = false;
    else if (this.#connection === "open" && state !== "closed") {
      this.#isLost = true;
      this.#note("connection lost, reconnecting…");
    }
    this.#connection = state;
    if (state === "closed" && connection.closed.code !== "closed") {
      this.#listener.onEnd(reasonOfEnd(connection.closed));
    }
  }

  #hear(event: RoomEvent): void {
    const { story, items } = tell(this.#story, event);
    this.#story = story;
    this.#listener.onItems(items.filter((item) => !this.#isOwn(item)));
    const arrival = event.type === "session:ready" || event.type === "history:reset";
    if (!this.busy) this.#stopping.clear();
    this.#settle(arrival && event.data.state !== undefined);
    if (event.type === "session:ready") this.#listener.onReady();
    this.#ask();
  }

  /** One question at a time, each asked once. */
  #ask(): void {
    const next = questionsOf(this.#story.room).find(({ key }) => !this.#answered.has(key));
    if (next?.key === this.#question?.key) return;
    this.#question = next;
    this.#listener.onQuestion(next);
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
