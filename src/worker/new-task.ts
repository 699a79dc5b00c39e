import type { NewTask } from "../durable-objects/task-room/api";
import { refuse } from "../protocol/errors";
import type { Principal } from "../protocol/identity";
import type { CreateTask } from "../protocol/rest/create-task";
import { RefusedRequest } from "./problem";
import { titleOf } from "./task-title";

const DEFAULT_TEAM = { namespace: "system", name: "assistant" };

/** A creation with every default filled in; throws `invalid_request` for contradicting members. */
export function newTask(principal: Principal, body: CreateTask): Omit<NewTask, "taskId"> {
  const { key, title, teamRef, prompt, labels, metadata, members, history = [] } = body;
  const { attachments = [] } = body;
  return {
    ...(key !== undefined && { key }),
    title: title ?? titleOf(prompt ?? history.find(({ role }) => role === "user")?.content),
    teamRef: teamRef ?? DEFAULT_TEAM,
    ...(prompt !== undefined && { prompt }),
    ...(attachments.length > 0 && { attachments }),
    labels: labels ?? {},
    metadata: metadata ?? {},
    members: membersOf(principal, members ?? []),
    ...(history.length > 0 && { history }),
    ...(body.ephemeral && { ephemeral: true }),
  };
}

/** Everyone named once; whoever creates a task owns it. */
function membersOf({ userId }: Principal, named: NewTask["members"]): NewTask["members"] {
  const ids = named.map((member) => member.userId);
  const issues = named.flatMap((member, i) => {
    const path = `members.${i}`;
    if (ids.indexOf(member.userId) < i) return [{ path, message: "named more than once" }];
    const demoted = member.userId === userId && member.role !== "owner";
    return demoted ? [{ path, message: "who creates a task is its owner" }] : [];
  });
  if (issues.length > 0) {
    throw new RefusedRequest(refuse("invalid_request", "The members are not valid", { issues }));
  }
  const others = named.filter((member) => member.userId !== userId);
  return [{ userId, role: "owner" }, ...others];
}
