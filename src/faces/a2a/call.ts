import type * as z from "zod";
import type { RpcId, RpcRequest } from "../../operations/a2a/envelope";
import { isMethod, METHODS, type MethodName } from "../../operations/a2a/methods";
import { hasScope } from "../../protocol/identity";
import { issuesOf } from "../../protocol/issues";
import type { Ref } from "../../protocol/refs";
import type { AppContext } from "../../worker/context";
import { insufficientScope } from "../../worker/problem";
import { begunOf } from "./contexts";
import { answersTo } from "./errors";
import { Fault } from "./fault";
import { list } from "./list";
import { createPush, deletePush, listPushes, readPush } from "./pushes";
import { send } from "./send";
import { streamed } from "./stream";
import { cancel, openTask, wholeTask } from "./tasks";

const VERSION_HEADER = "A2A-Version";
const VERSION = "1.0";

type Call<Name extends MethodName> = {
  c: AppContext;
  team: Ref;
  id: RpcId;
  params: z.output<(typeof METHODS)[Name]["params"]>;
};
type Calls = { [Name in MethodName]: (call: Call<Name>) => Promise<object> };

/** What answers each method: its result, or a stream of them. */
const CALLS: Calls = {
  async SendMessage({ c, team, params }) {
    const begun = await send(c, team, params);
    const { returnImmediately = false, historyLength } = params.configuration ?? {};
    const until = returnImmediately ? "now" : "asked or over";
    return { task: await wholeTask(c, begun, { until, historyLength }) };
  },

  async SendStreamingMessage({ c, team, id, params }) {
    const begun = await send(c, team, params);
    const { historyLength } = params.configuration ?? {};
    return streamed(c, begun, { id, historyLength, asks: true });
  },

  async GetTask({ c, team, params: { id, historyLength } }) {
    return wholeTask(c, await begunOf(c, team, id), { until: "now", historyLength });
  },

  ListTasks: ({ c, team, params }) => list(c, team, params),

  CancelTask: ({ c, team, params }) => cancel(c, team, params.id),

  async SubscribeToTask({ c, team, id, params }) {
    return streamed(c, await openTask(c, team, params.id), { id, asks: false });
  },

  CreateTaskPushNotificationConfig: ({ c, team, params }) => createPush(c, team, params),
  GetTaskPushNotificationConfig: ({ c, team, params }) => readPush(c, team, params),
  ListTaskPushNotificationConfigs: ({ c, team, params }) => listPushes(c, team, params),
  DeleteTaskPushNotificationConfig: ({ c, team, params }) => deletePush(c, team, params),

  async GetExtendedAgentCard() {
    throw new Fault("noExtendedCard", "The card is whole: there is no other for those who sign in");
  },
};

/** Answers a JSON-RPC request to a team; throws what is refused. */
export async function call(c: AppContext, team: Ref, request: RpcRequest): Promise<Response> {
  const { id = null, method, params = {} } = request;
  answersTo(c, id);
  mustBeVersion(c);
  if (!isMethod(method)) throw new Fault("method", `There is no method ${method}`);
  const result = await answered(method, { c, team, id }, params);
  return result instanceof Response ? result : Response.json({ jsonrpc: "2.0", id, result });
}

function answered<Name extends MethodName>(
  name: Name,
  place: Omit<Call<Name>, "params">,
  given: unknown,
): Promise<object> {
  const { scope, params } = METHODS[name];
  if (!hasScope(place.c.var.principal, scope)) {
    throw insufficientScope(scope, `${name} takes a credential with scope ${scope}`);
  }
  const parsed = params.safeParse(given);
  if (!parsed.success) {
    throw new Fault("params", "The params are not valid", issuesOf(parsed.error));
  }
  // The method's own schema has made them, which the compiler can't follow through the table.
  const made = parsed.data as Call<Name>["params"];
  return CALLS[name]({ ...place, params: made });
}

/** A2A 1.0, section 3.6: who names no version means 0.3. */
function mustBeVersion(c: AppContext): void {
  const asked = c.req.header(VERSION_HEADER) ?? c.req.query(VERSION_HEADER) ?? "";
  if (asked.trim() === VERSION) return;
  const named = asked === "" ? "None is named, which is 0.3" : `${asked.slice(0, 20)} is named`;
  throw new Fault("version", `This is A2A ${VERSION} (header ${VERSION_HEADER}). ${named}.`);
}
