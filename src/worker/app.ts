import { Hono } from "hono";
import { COLLECTIONS } from "../resources/resource";
import type { AppEnv } from "./context";
import { authentication } from "./middleware/authentication";
import { creationLimit } from "./middleware/creation-limit";
import { crossOrigin } from "./middleware/cross-origin";
import { onError } from "./middleware/errors";
import { rateLimit } from "./middleware/rate-limit";
import { requestId } from "./middleware/request-id";
import { scope } from "./middleware/scope";
import { options, unknownPath } from "./middleware/unknown-path";
import { apiKeys } from "./routes/api-keys";
import { chat } from "./routes/chat";
import { events } from "./routes/events";
import { health } from "./routes/health";
import { history } from "./routes/history";
import { members } from "./routes/members";
import { messages } from "./routes/messages";
import { metrics } from "./routes/metrics";
import { notifications } from "./routes/notifications";
import { resources } from "./routes/resources";
import { secrets } from "./routes/secrets";
import { sessions } from "./routes/sessions";
import { tasks } from "./routes/tasks";
import { turns } from "./routes/turns";
import { usage } from "./routes/usage";
import { userSocket } from "./routes/user-socket";
import { webhooks } from "./routes/webhooks";

/**
 * Every path that the worker answers; the rest are files. `ownAgents`: names of the agents that the
 * deployer wrote.
 */
export function appWith(ownAgents: readonly string[]): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

  app.onError(onError);
  app.notFound((c) => unknownPath(app, c));
  app.use(async (c, next) => {
    c.set("ownAgents", ownAgents);
    await next();
  });
  app.use(
    requestId,
    options(() => app),
  );
  app.route("/healthz", health);
  app.route("/metrics", metrics);

  app.use("/api/*", crossOrigin, authentication, rateLimit, scope);
  app.post("/api/v1/tasks", creationLimit("tasks"));
  app.post("/api/v1/api-keys", creationLimit("keys"));
  app.post("/api/v1/webhooks", creationLimit("webhooks"));

  app.route("/api/v1/tasks/:id/chat", chat);
  app.route("/api/v1/tasks/:id/turns", turns);
  app.route("/api/v1/tasks/:id/members", members);
  app.route("/api/v1/tasks/:id", events);
  app.route("/api/v1/tasks", tasks);
  app.route("/api/v1/messages", messages);
  app.route("/api/v1/sessions", sessions);
  app.route("/api/v1/notifications", notifications);
  app.route("/api/v1/user/notifications", userSocket);
  app.route("/api/v1/webhooks", webhooks);
  app.route("/api/v1/api-keys", apiKeys);
  app.route("/api/v1/usage", usage);
  app.route("/api/v1/secrets", secrets);
  app.route("/api/v1/history", history);
  for (const { path, kind } of COLLECTIONS) app.route(`/api/v1/${path}`, resources(path, kind));
  return app;
}
