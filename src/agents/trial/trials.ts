import { unsealPortable } from "../../platform/sealing";
import { NO_FILES } from "../../resources/step-files";
import type { Trials } from "../../resources/trial";
import type { Doors } from "../doors";
import { serversOf } from "../team/agent-config";
import { tryModel } from "./model-trial";
import { tryToolServer } from "./server-trial";

type TrialDoors = Pick<Doors, "settings" | "ai">;

/** Tries what a resource names, as a turn would use it, outside of any turn. */
export const trials: Trials<TrialDoors> = {
  model: (given, model) => tryModel(model, doorsOf(given)),

  async server(given, ghost, name) {
    const server = Object.entries(serversOf(ghost)).find(([known]) => known === name)?.[1];
    return server && tryToolServer(server, doorsOf(given));
  },
};

function doorsOf({ settings, ai }: TrialDoors): Doors {
  const unseal = (text: string) => unsealPortable(settings.SECRETS_KEY, text);
  return { settings, unseal, own: {}, ai, files: NO_FILES };
}
