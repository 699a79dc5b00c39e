import { Hono } from "hono";
import { resealSecrets } from "../../protocol/operator/reseal";
import { readBody } from "../body";
import type { AppEnv } from "../context";
import { settingsOf } from "../current-settings";
import { adminOnly } from "../middleware/admin-only";
import { resealPage } from "../reseal";

/** What an operator does with the secrets that users have stored. */
export const secrets = new Hono<AppEnv>();

secrets.post("/reseal", adminOnly, async (c) => {
  const { cursor } = await readBody(c.req.raw, resealSecrets);
  return c.json(await resealPage({ env: c.env, settings: settingsOf(c.env) }, cursor));
});
