import { checkTarget } from "../../platform/target";
import { descentHeaders } from "../../protocol/depth";
import type { RuntimeConfig } from "../../resources/agent";
import type { StepRequest } from "../../resources/step";
import type { Doors } from "../doors";
import { ownHeaders } from "../model/own-headers";
import { addressOf, type Way } from "./card";
import { Endpoint } from "./endpoint";
import { Unusable } from "./fault";

export type A2aRuntime = Extract<RuntimeConfig, { runtime: "a2a" }>;
/** Who calls an agent, and for which step. */
export type Caller = {
  runtime: A2aRuntime;
  doors: Pick<Doors, "settings">;
  request: Pick<StepRequest, "descent">;
};

/** Never the shell's to say. */
const RESERVED = ["accept", "a2a-version", "taskroom-depth", "taskroom-tasks"];

/** The Shell's address, of the agent's card. Throws `Unusable` where it may not be called. */
export function targetOf({ runtime, doors }: Caller): URL {
  const allowPrivate = doors.settings.ALLOW_PRIVATE_TARGETS;
  // Checked where it is used, not only where it was stored: what is allowed may have changed.
  const target = checkTarget(runtime.url, { allowPrivate });
  if (target.ok) return target.url;
  throw new Unusable(`The agent's address ${target.reason}.`);
}

/** The Shell's own headers. Throws `Unusable` where they can be none. */
export function shellHeaders({ runtime }: Caller): Headers {
  try {
    return ownHeaders(runtime.headers, RESERVED);
  } catch {
    throw new Unusable("The agent's headers cannot be used.");
  }
}

/** Where the agent takes calls. Throws `Unusable` where it may not be called there. */
export function endpointOf(caller: Caller, way: Way): Endpoint {
  const { runtime, request, doors } = caller;
  const { ALLOW_PRIVATE_TARGETS: allowPrivate, ...settings } = doors.settings;
  const own = Object.keys(runtime.headers).length;
  const url = addressOf(way, { named: targetOf(caller), ownHeaders: own, allowPrivate });
  const headers = shellHeaders(caller);
  headers.set("accept", "application/json, text/event-stream");
  headers.set("content-type", "application/json");
  headers.set("a2a-version", way.version);
  for (const [name, value] of Object.entries(descentHeaders(request.descent))) {
    headers.set(name, value);
  }
  const limits = {
    firstByteMs: settings.MODEL_FIRST_BYTE_TIMEOUT_MS,
    stallMs: settings.MODEL_STALL_TIMEOUT_MS,
  };
  return new Endpoint({ url, headers, tenant: way.tenant, limits });
}
