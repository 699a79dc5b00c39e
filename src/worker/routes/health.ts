import { Hono } from "hono";
import { checkDatabase } from "../../history/health";
import { describeError, logError } from "../../platform/platform-log";
import { refuse } from "../../protocol/errors";
import type { AppEnv } from "../context";
import { settingsOf } from "../current-settings";
import { RefusedRequest } from "../problem";

export const health = new Hono<AppEnv>();

health.get("/", async (c) => {
  settingsOf(c.env);
  try {
    await checkDatabase(c.env.DB);
  } catch (error) {
    logError("health_check_failed", { causes: describeError(error) });
    throw new RefusedRequest(refuse("unavailable", "The database does not answer"));
  }
  return c.json({ status: "ok" });
});
