import { AG_UI } from "../../operations/ag-ui/face";
import { served } from "../../worker/serving/face";
import { info, teamOf } from "./agents";
import { errorsAs } from "./errors";
import { connect, run, stop } from "./runs";

/** AG-UI's clients, CopilotKit's among them, at the service's rooms. */
export const agUi = served(AG_UI, {
  errorsAs,
  handlers: {
    agents: {
      run: ({ c, params, body }) =>
        run(c, { namespace: params.namespace, name: params.team }, body),
    },
    copilotKit: {
      stop: ({ c, params: { agentId, threadId }, body: { runId } }) =>
        stop(c, teamOf(agentId), { threadId, runId }),
      run: ({ c, params, body }) => run(c, teamOf(params.agentId), body),
      connect: ({ c, params, body }) => connect(c, teamOf(params.agentId), body),
      info: ({ c }) => info(c),
    },
  },
});
