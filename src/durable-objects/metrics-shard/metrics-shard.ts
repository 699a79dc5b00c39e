import { DurableObject } from "cloudflare:workers";
import * as z from "zod";
import { type LevelReport, levelReport } from "../../platform/levels";
import { logError } from "../../platform/platform-log";
import { type Reading, type Recorded, recordedBetween } from "../../platform/recorded";
import { NOTHING_COUNTED, ofToday, sumOf, type Tally, tally } from "../../platform/tally";
import { parseJson } from "../../protocol/json";
import type { BoardWindow } from "../../protocol/operator/board";
import { migrate } from "../storage-steps";
import type { MetricsShardApi } from "./api";
import { LEVEL_STEPS, MANY_WRITE_MS, OpenLevels } from "./open-levels";
import { RING_STEPS, Rings } from "./rings";

const STEPS = [
  "CREATE TABLE tally (id INTEGER PRIMARY KEY CHECK (id = 1), body TEXT NOT NULL) STRICT",
  ...RING_STEPS,
  ...LEVEL_STEPS,
];
const rows = z.array(z.object({ body: z.string() }));

/** How long counts gather before they are written: a busy shard writes two rows a second. */
const WRITE_MS = 1000;

/** One of the objects that add up what the others count. What a crash takes with it is lost. */
export class MetricsShard extends DurableObject<Env> implements MetricsShardApi {
  readonly #sql: SqlStorage;
  readonly #levels: OpenLevels;
  readonly #rings: Rings;
  #tally: Tally;
  #isWriting = false;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    migrate(ctx.storage, STEPS);
    this.#tally = this.#load();
    this.#levels = new OpenLevels(this.#sql, Date.now());
    this.#rings = new Rings(this.#sql);
  }

  async add(given: Tally, from?: LevelReport): Promise<void> {
    const added = ofToday(tally.parse(given));
    const report = levelReport.optional().parse(from);
    const now = Date.now();
    this.#turnOver(now);
    this.#tally = sumOf([this.#tally, added]);
    if (report) this.#levels.hear(report, now);
    if (this.#isWriting) return;
    this.#isWriting = true;
    this.ctx.waitUntil(this.#writeSoon());
  }

  async read(): Promise<Reading> {
    return { ...this.#tally, levels: this.#levels.sum() };
  }

  async recorded(window: BoardWindow, now: number): Promise<Recorded> {
    const known = { tally: this.#tally, levels: this.#levels.sum() };
    return recordedBetween(this.#rings.of(window, now), known);
  }

  /** A snapshot is no newer than what is written of the counts: else they would seem to have begun anew. */
  #turnOver(now: number): void {
    const due = this.#rings.due(now);
    if (due.length === 0) return;
    const known = { ...this.#tally, levels: this.#levels.sum() };
    this.ctx.storage.transactionSync(() => {
      this.#rings.keep(due, now, known);
      this.#write(now);
    });
  }

  async #writeSoon(): Promise<void> {
    await scheduler.wait(WRITE_MS);
    this.#isWriting = false;
    this.#write(Date.now());
    if (!this.#levels.isBehind) return;
    await scheduler.wait(MANY_WRITE_MS);
    this.#levels.write(Date.now());
  }

  #write(now: number): void {
    const body = JSON.stringify(this.#tally);
    this.#sql.exec("INSERT OR REPLACE INTO tally (id, body) VALUES (1, ?)", body);
    this.#levels.write(now);
  }

  /** Counting begins anew where what is stored can't be read; Prometheus knows counters that do. */
  #load(): Tally {
    const [row] = rows.parse(this.#sql.exec("SELECT body FROM tally").toArray());
    if (!row) return NOTHING_COUNTED;
    const json = parseJson(row.body);
    const stored = tally.safeParse(json.ok ? json.value : undefined);
    if (stored.success) return ofToday(stored.data);
    logError("metrics_unreadable", { shard: this.ctx.id.name });
    return NOTHING_COUNTED;
  }
}
