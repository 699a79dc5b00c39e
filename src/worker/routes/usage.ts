import { Hono } from "hono";
import { meterOf } from "../../durable-objects/usage-meter/api";
import { limitsOf, type UsageView } from "../../protocol/rooms/metering";
import type { AppEnv } from "../context";
import { settingsOf } from "../current-settings";
import { twice } from "../rooms/ask";

export const usage = new Hono<AppEnv>();

usage.get("/", async (c) => {
  const meter = meterOf(c.env, c.var.principal.userId);
  const used = await twice(() => meter.read(Date.now()));
  return c.json<UsageView>({ ...used, limits: limitsOf(settingsOf(c.env)) });
});
