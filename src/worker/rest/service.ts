import type { SERVICE } from "../../operations/rest/service";
import { refuse } from "../../protocol/errors";
import { boardOf } from "../board/board";
import { settingsOf } from "../current-settings";
import { isHealthy } from "../database-health";
import { mayTry } from "../limits/strangers";
import { tooMany } from "../limits/wall";
import { CONTENT_TYPE, exposition, gauge, levelLines } from "../metrics/exposition";
import { gathered, gatheredParts } from "../metrics/gathering";
import { fillLevels, historyFills } from "../metrics/histories";
import { RefusedRequest } from "../problem";
import { knownHistory, reprojectTasks } from "../reproject";
import { resealPage } from "../reseal";
import { Answer, type Handlers } from "../serving/handler";

const UNKEPT = { "Cache-Control": "no-store" };

/** For who runs the service. */
export const service: Handlers<typeof SERVICE> = {
  async health({ c }) {
    settingsOf(c.env);
    const now = Date.now();
    if (!(await mayTry(c.req.raw, c.env, { attempt: "health", now }))) {
      throw new RefusedRequest(tooMany("Too many looks at the service's health"));
    }
    if (!(await isHealthy(c.env.DB, now))) {
      throw new RefusedRequest(refuse("unavailable", "The database does not answer"));
    }
    return new Answer({ status: "ok" }, { headers: UNKEPT });
  },

  /** What the service has counted, for Prometheus. */
  async metrics({ c }) {
    const [{ tally, levels, missing }, histories] = await Promise.all([
      gathered(c.env),
      historyFills(c.env, Date.now()),
    ]);
    const missingGauge = gauge(
      "taskroom_metrics_shards_missing",
      "Shards that gave no answer; with one missing all other metrics are left out.",
      missing,
    );
    // A sum without one of its parts is too small, which Prometheus would take for a restart.
    const counts = exposition(tally) + levelLines(levels) + histories;
    const text = missing === 0 ? missingGauge + counts : missingGauge;
    return new Response(text, { headers: { "Content-Type": CONTENT_TYPE, ...UNKEPT } });
  },

  async board({ c, query: { window } }) {
    const now = Date.now();
    const [recorded, known] = await Promise.all([
      gatheredParts(c.env, window, now),
      fillLevels(c.env, now),
    ]);
    return new Answer(boardOf({ ...recorded, window, now, known }), { headers: UNKEPT });
  },

  /** What an operator does with the secrets that users have stored. */
  reseal: ({ c, body }) => resealPage({ env: c.env, settings: settingsOf(c.env) }, body.cursor),

  /** What an operator does where a database has lost rows. */
  reproject: ({ c, body }) => reprojectTasks(c.env, body),
  knownTasks: ({ c, query }) => knownHistory(c.env, query),
};
