import type { Settings } from "../platform/settings";
import type { StepFiles } from "../resources/step-files";
import type { OwnAgent } from "./code/own-agent";
import type { Unseal } from "./team/sealed-key";

/** What agents reach the world through. */
export type Doors = {
  settings: Settings;
  /** Agents that the deployer wrote, by name. */
  own: Record<string, OwnAgent>;
  /** Files of the conversation, and where those that are made go. */
  files: StepFiles;
  /** The Workers AI binding, where the deployment has one. */
  ai?: Ai | undefined;
  /** Opens stored keys; without it no sealed key can be used. */
  unseal?: Unseal | undefined;
  /** Keeps the runtime awake for work that nobody waits for. */
  hold?: ((work: Promise<unknown>) => void) | undefined;
};
