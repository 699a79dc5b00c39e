import type { StepRequest } from "../../resources/step";
import type { Doors } from "../doors";
import { within } from "../within";
import { type A2aRuntime, endpointOf } from "./calling";
import type { Endpoint } from "./endpoint";
import { mayPass } from "./fault";
import { begunOf } from "./resume";
import { CALLS, type Version } from "./wire/versions";

/** Milliseconds for one try, and tries in all: nobody waits for them. */
const TRY_MS = 10_000;
const TRIES = 3;

/** Tells an agent that nobody wants its task any more. Never rejects. */
export async function cancelTask(endpoint: Endpoint, version: Version, id: string): Promise<void> {
  const call = CALLS[version].cancel(id);
  for (let tries = 0; tries < TRIES; tries++) {
    try {
      await within(TRY_MS, undefined, (signal) => endpoint.ask(call, signal));
      return;
    } catch (error) {
      // Over already, or not to be stopped.
      if (!mayPass(error)) return;
    }
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

/**
 * The same of the task that earlier attempts of a step have begun, where none is at work that would say it. Throws
 * `Unusable` where the agent may not be called any more.
 */
export async function leaveBegun(
  runtime: A2aRuntime,
  request: StepRequest,
  doors: Pick<Doors, "settings">,
): Promise<void> {
  const begun = begunOf(request);
  if (!begun) return;
  const { taskId, way } = begun;
  await cancelTask(endpointOf({ runtime, request, doors }, way), way.version, taskId);
}
