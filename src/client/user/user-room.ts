import type { Page } from "../../protocol/rest/page";
import type { Notification } from "../../protocol/user-events";
import { readFrame } from "../connection/frames";
import { Link } from "../connection/link";
import type { ConnectionStatus } from "../connection/status";
import type { UserConnection, UserRoomEvent, UserSnapshot } from "../connection/user-connection";
import { Listeners } from "../listeners";
import type { Context } from "../rest/context";
import { whyUserRoomRefused } from "../rest/refusal";
import { Store } from "../store";
import { seqOf, userAfter } from "./user-fold";

export class UserRoom implements UserConnection {
  readonly #context: Context;
  readonly #store = new Store<UserSnapshot>({
    connection: { state: "connecting", attempt: 1 },
    unread: 0,
    notifications: [],
  });
  readonly #listeners = new Listeners<UserRoomEvent>();
  readonly #link: Link;
  #place: { after: number; epoch: string } | undefined;
  #isListing = false;

  constructor(context: Context) {
    this.#context = context;
    this.#link = new Link({
      context,
      path: "/user/notifications",
      place: () => {
        const { after, epoch } = this.#place ?? {};
        const query = epoch === undefined ? {} : { after: String(after), epoch };
        return { query, protocols: [] };
      },
      onText: (text) => this.#hear(text),
      onStatus: (status) => this.#stand(status),
      onSessionExpired: () => undefined,
      whyRefused: () => whyUserRoomRefused(context.request),
    });
    this.#link.start();
  }

  readonly subscribe = (listener: () => void): (() => void) => this.#store.subscribe(listener);

  readonly getSnapshot = (): UserSnapshot => this.#store.shown;

  readonly on: UserConnection["on"] = (
    type: string,
    // Each listener gets what it named: the overloads say so, one signature cannot.
    listener: (event: never) => void,
  ) => this.#listeners.add(type, listener as (event: UserRoomEvent) => void);

  reconnectNow(): void {
    this.#link.reconnectNow();
  }

  close(): void {
    this.#link.close();
  }

  #hear(text: string): void {
    const heard: UserRoomEvent[] = [];
    for (const event of readFrame<UserRoomEvent>(text).events) {
      const seq = seqOf(event);
      const after = this.#place?.after ?? 0;
      if (seq !== undefined && seq <= after) continue;
      if (seq !== undefined && seq > after + 1) {
        this.#link.restart("events are missing");
        break;
      }
      this.#take(event, seq);
      heard.push(event);
    }
    this.#store.publish();
    for (const event of heard) this.#listeners.tell(event);
    void this.#list();
  }

  #take(event: UserRoomEvent, seq: number | undefined): void {
    if (seq !== undefined && this.#place) this.#place = { ...this.#place, after: seq };
    if (event.type === "session:ready" || event.type === "history:reset") {
      const { epoch, headSeq, state } = event.data;
      // Without a state the events that were missed come next.
      if (state || !this.#place) this.#place = { after: headSeq, epoch };
    }
    this.#store.set(userAfter(this.#store.next, event));
    if (event.type === "session:ready") this.#link.ready(event.data.state === undefined);
  }

  /** Which notifications another device has acknowledged, only the list tells. */
  async #list(): Promise<void> {
    const { unread, notifications } = this.#store.next;
    if (unread >= notifications.length || this.#isListing) return;
    this.#isListing = true;
    let isOutdated = false;
    try {
      const query = { unread: true };
      const page = await this.#context.request<Page<Notification>>("GET", "/notifications", {
        query,
      });
      // What has come or gone meanwhile need not be so in the page.
      isOutdated = this.#store.next.notifications !== notifications;
      if (!isOutdated) this.#store.set({ notifications: page.items });
      this.#store.publish();
    } catch {
      // The next event brings another try.
    } finally {
      this.#isListing = false;
    }
    if (isOutdated) await this.#list();
  }

  #stand(connection: ConnectionStatus): void {
    this.#store.set({ connection });
    this.#store.publish();
  }
}
