import worker from "../../src/worker/index";
import { control } from "./control";

export { UserRoom } from "../../src/durable-objects/user-room/user-room";
export { TaskRoom } from "./task-room";

/** The service as it is, and `/test/*` for a test that runs in another process. */
export default {
  ...worker,
  fetch(request, env, ctx) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/test/constructed") {
      const id = env.TASK_ROOM.idFromName(searchParams.get("task") ?? "").toString();
      return Response.json({ constructed: control.constructed.get(id) ?? 0 });
    }
    return worker.fetch(request, env, ctx);
  },
} satisfies ExportedHandler<Env>;
