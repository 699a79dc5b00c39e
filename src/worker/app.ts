import { Hono } from "hono";
import { a2a } from "../faces/a2a/face";
import { agUi } from "../faces/ag-ui/face";
import { aiSdk } from "../faces/ai-sdk/face";
import { mcp } from "../faces/mcp/face";
import { openai } from "../faces/openai/face";
import { streams } from "../faces/streams/face";
import type { FACES } from "../operations/faces";
import type { AppEnv, OwnTrials } from "./context";
import { onError } from "./middleware/errors";
import { requestId } from "./middleware/request-id";
import { options, unknownPath } from "./middleware/unknown-path";
import { rest } from "./rest/face";
import { mount, type ServedFace } from "./serving/face";

const SERVED: Record<keyof typeof FACES, ServedFace> = {
  rest,
  openai,
  aiSdk,
  a2a,
  mcp,
  agUi,
  streams,
};

/**
 * Every path that the worker answers; the rest are files. `ownAgents`: names of the agents that the
 * deployer wrote. `trials`: how resources are tried, which an app without them refuses.
 */
export function appWith(
  ownAgents: readonly string[],
  faces: Record<string, ServedFace> = SERVED,
  trials?: OwnTrials,
): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

  app.onError(onError);
  app.notFound((c) => unknownPath(app, c));
  app.use(async (c, next) => {
    c.set("ownAgents", ownAgents);
    if (trials) c.set("trials", trials);
    await next();
  });
  app.use(
    requestId,
    options(() => app),
  );
  for (const face of Object.values(faces)) mount(app, face);
  return app;
}
