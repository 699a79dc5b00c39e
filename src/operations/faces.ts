import { AG_UI } from "./ag-ui/face";
import type { Face } from "./operation";
import { REST } from "./rest";

/** Every protocol that the service speaks; each is served and described, or it does not compile. */
export const FACES = { rest: REST, agUi: AG_UI } as const satisfies Record<string, Face>;
