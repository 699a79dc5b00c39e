import * as z from "zod";
import { jsonValue } from "../../protocol/json";
import { LIMITS } from "../../protocol/limits";

const text = z.string().max(LIMITS.clientKeyChars);

/** A JSON-RPC 2.0 request. What `params` may be is said by the method. */
export const rpcRequest = z.looseObject({
  jsonrpc: z.literal("2.0"),
  id: z.union([text, z.int(), z.null()]).optional(),
  method: text.min(1),
  params: jsonValue.optional(),
});
export type RpcRequest = z.infer<typeof rpcRequest>;
export type RpcId = NonNullable<RpcRequest["id"]> | null;
