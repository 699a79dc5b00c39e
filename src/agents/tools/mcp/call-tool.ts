import { type Descent, descentMeta } from "../../../protocol/depth";
import type { Fields } from "../../model/wire/json";
import type { CallOptions } from "../tool-box";
import { onClock } from "./call-clock";
import type { Connection } from "./connection";
import { headersOfCall, type ParameterHeader } from "./parameter-headers";
import { progressIn } from "./progress";

export type Called = {
  connection: Connection;
  /** As the server calls it. */
  name: string;
  parameterHeaders: readonly ParameterHeader[];
  timeoutMs: number;
  descent: Descent;
};

/** Has a server carry out a tool; gives its result as it came. Throws `McpFault` or `OutOfTime`. */
export function callTool(
  { connection, name, parameterHeaders, timeoutMs, descent }: Called,
  given: Fields,
  { key, signal, onProgress }: CallOptions,
): Promise<unknown> {
  const params = {
    name,
    arguments: given,
    _meta: { progressToken: key, "taskroom/idempotencyKey": key, ...descentMeta(descent) },
  };
  return onClock(timeoutMs, signal, (limit, restart) =>
    connection.request({
      ...{ method: "tools/call", params, isCall: true, signal: limit },
      // Only servers without sessions ask for these.
      ...(connection.isStateless && { headers: headersOfCall(parameterHeaders, given) }),
      hearing: {
        notified(method, said) {
          const progress = progressIn(method, said, key);
          if (!progress) return;
          restart();
          onProgress(progress);
        },
      },
    }),
  );
}
