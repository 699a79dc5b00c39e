import type { Context } from "hono";
import type { Via } from "../operations/operation";
import type { Settings } from "../platform/settings";
import type { Principal } from "../protocol/identity";
import type { Trials } from "../resources/trial";
import type { RefusedRequest } from "./problem";

/** What travels with a request: put there by the middleware of the same names. */
export type AppEnv = {
  Bindings: Env;
  Variables: {
    requestId: string;
    principal: Principal;
    /** Names of the agents that the deployer wrote. */
    ownAgents: readonly string[];
    /** How resources are tried. */
    trials?: OwnTrials;
    /** Of the face that the path belongs to; absent where it belongs to none. */
    errorsAs?: ErrorsAs;
    /** What its refusals count under. */
    via?: Via;
  };
};
/** Resources are tried with the deployment's settings, and its Workers AI where it has that. */
export type OwnTrials = Trials<TrialDoors>;
export type TrialDoors = { settings: Settings; ai?: Ai | undefined };

export type AppContext = Context<AppEnv>;

/** Writes a refusal in a face's own form. */
export type ErrorsAs = (refused: RefusedRequest, c: AppContext) => Response | Promise<Response>;
