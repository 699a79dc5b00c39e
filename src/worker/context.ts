import type { Context } from "hono";
import type { Principal } from "../protocol/identity";

/** What travels with a request: put there by the middleware of the same names. */
export type AppEnv = {
  Bindings: Env;
  Variables: {
    requestId: string;
    principal: Principal;
    /** Names of the agents that the deployer wrote. */
    ownAgents: readonly string[];
  };
};
export type AppContext = Context<AppEnv>;
