import type { EndedSession, KeptSession } from "../../engine/session/session";
import { migrate, stepsDone } from "../storage-steps";
import { CarrierTable } from "./files/carrier-table";
import { FileTable } from "./files/file-table";
import { RemovalTable } from "./files/removal-table";
import { ErrandTable } from "./keys/errand-table";
import { RevokedKeyTable } from "./keys/revoked-key-table";
import { HeardTable } from "./news/heard-table";
import { NotificationTable } from "./news/notification-table";
import { UserLog } from "./news/user-log";
import { RestTable } from "./rest-table";
import { USER_ROOM_STEPS } from "./schema";
import { OwnerTable } from "./search/owner-table";
import { ShelfTable } from "./search/shelf-table";
import { TextTable } from "./search/text-table";
import { ConnectionTable } from "./sessions/connection-table";
import { SessionTable } from "./sessions/session-table";
import { TokenTable } from "./sessions/token-table";
import { ClaimTable } from "./tasks/claim-table";
import { FillingTable } from "./tasks/filling-table";
import { TaskTable } from "./tasks/task-table";
import { WantedTable } from "./tasks/wanted-table";
import { DeliveryTable } from "./webhooks/delivery-table";
import { TurnHookTable } from "./webhooks/turns/turn-hook-table";
import { WebhookTable } from "./webhooks/webhook-table";

/** Those of objects at work, so that not every call asks the storage whether they are there. */
const known = new WeakMap<DurableObjectStorage, Tables>();

/** What a user's room keeps. */
export class Tables {
  readonly sessions: SessionTable;
  readonly connections: ConnectionTable;
  readonly tokens: TokenTable;
  readonly revokedKeys: RevokedKeyTable;
  readonly errands: ErrandTable;
  readonly log: UserLog;
  readonly notifications: NotificationTable;
  readonly heard: HeardTable;
  readonly webhooks: WebhookTable;
  readonly deliveries: DeliveryTable;
  readonly turnHooks: TurnHookTable;
  readonly rests: RestTable;
  readonly tasks: TaskTable;
  readonly claims: ClaimTable;
  readonly wanted: WantedTable;
  readonly filling: FillingTable;
  readonly files: FileTable;
  readonly carriers: CarrierTable;
  readonly removals: RemovalTable;
  readonly texts: TextTable;
  readonly shelves: ShelfTable;
  readonly owner: OwnerTable;

  private constructor(sql: SqlStorage) {
    this.sessions = new SessionTable(sql);
    this.connections = new ConnectionTable(sql);
    this.tokens = new TokenTable(sql);
    this.revokedKeys = new RevokedKeyTable(sql);
    this.errands = new ErrandTable(sql);
    this.log = new UserLog(sql);
    this.notifications = new NotificationTable(sql);
    this.heard = new HeardTable(sql);
    this.webhooks = new WebhookTable(sql);
    this.deliveries = new DeliveryTable(sql);
    this.turnHooks = new TurnHookTable(sql);
    this.rests = new RestTable(sql);
    this.tasks = new TaskTable(sql);
    this.claims = new ClaimTable(sql);
    this.wanted = new WantedTable(sql);
    this.filling = new FillingTable(sql);
    this.files = new FileTable(sql);
    this.carriers = new CarrierTable(sql);
    this.removals = new RemovalTable(sql);
    this.texts = new TextTable(sql);
    this.shelves = new ShelfTable(sql, this.texts);
    this.owner = new OwnerTable(sql);
  }

  /** `null` before the first use: a stray call must not create anything. */
  static find(storage: DurableObjectStorage): Tables | null {
    return (
      known.get(storage) ?? (stepsDone(storage.sql) === undefined ? null : Tables.make(storage))
    );
  }

  static make(storage: DurableObjectStorage): Tables {
    const there = known.get(storage);
    if (there) return there;
    const done = stepsDone(storage.sql);
    const isNew = migrate(storage, USER_ROOM_STEPS, done);
    const tables = new Tables(storage.sql);
    // Rooms have told every member's home from its first task on: one that has heard nothing lists nothing.
    if (done === undefined) tables.filling.put({ phase: "done", after: "" });
    // What has just been made may go again, with the transaction around it.
    if (!isNew) known.set(storage, tables);
    return tables;
  }

  byToken(hash: string): KeptSession | null {
    const id = this.tokens.sessionOf(hash);
    return id === null ? null : this.sessions.get(id);
  }

  /** Whether the ended session is kept: something is still to be done or said about it. */
  saveEnded(session: EndedSession): boolean {
    if (session.state === "revoked") this.tokens.removeAll(session.id);
    if (!session.closing) this.connections.removeAll(session.id);
    const kept = session.closing || session.state === "expired";
    if (kept) this.sessions.save(session);
    else this.sessions.remove(session.id);
    return kept;
  }

  /** The session was never there: its tokens are unknown from now on. */
  forget(sessionId: string): void {
    this.tokens.removeAll(sessionId);
    this.connections.removeAll(sessionId);
    this.sessions.remove(sessionId);
  }
}
