export { TaskRoom } from "../durable-objects/task-room/task-room";
export { UserRoom } from "../durable-objects/user-room/user-room";

export default {
  fetch: () => new Response("ok"),
} satisfies ExportedHandler<Env>;
