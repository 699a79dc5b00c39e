import { DurableObject } from "cloudflare:workers";
import * as z from "zod";
import { logError } from "../../platform/platform-log";
import { NOTHING_COUNTED, ofToday, sumOf, type Tally, tally } from "../../platform/tally";
import { parseJson } from "../../protocol/json";
import { migrate } from "../storage-steps";
import type { MetricsShardApi } from "./api";

const STEPS = [
  "CREATE TABLE tally (id INTEGER PRIMARY KEY CHECK (id = 1), body TEXT NOT NULL) STRICT",
];
const rows = z.array(z.object({ body: z.string() }));

/** How long counts gather before they are written: a busy shard writes one row a second. */
const WRITE_MS = 1000;

/** One of the objects that add up what the others count. What a crash takes with it is lost. */
export class MetricsShard extends DurableObject<Env> implements MetricsShardApi {
  readonly #sql: SqlStorage;
  #tally: Tally;
  #isWriting = false;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    migrate(ctx.storage, STEPS);
    this.#tally = this.#load();
  }

  async add(given: Tally): Promise<void> {
    this.#tally = sumOf([this.#tally, ofToday(tally.parse(given))]);
    if (this.#isWriting) return;
    this.#isWriting = true;
    this.ctx.waitUntil(this.#writeSoon());
  }

  async read(): Promise<Tally> {
    return this.#tally;
  }

  async #writeSoon(): Promise<void> {
    await scheduler.wait(WRITE_MS);
    this.#isWriting = false;
    const body = JSON.stringify(this.#tally);
    this.#sql.exec("INSERT OR REPLACE INTO tally (id, body) VALUES (1, ?)", body);
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
