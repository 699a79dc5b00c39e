import type { FaultRoom, RoomOptions } from "../room";
import type { Stage } from "../stage";

/** A state of a room that a change of the code finds, and what the other code is to make of it. */
export type Scene = {
  name: string;
  room?(stage: Stage): RoomOptions;
  /** Whether nothing more is said once it is left: there the next turn would wait for somebody, too. */
  isMute?: boolean;
  /** Whether it is entered with D1 down, after all the others. */
  withoutD1?: boolean;
  /** Brings the room into its state, under the code that runs. */
  enter(room: FaultRoom): Promise<void>;
  /** What is to be done and to be seen under the other code. */
  leave?(room: FaultRoom): Promise<string[]>;
};

/** A scene is made for each room: it may remember what it has seen there. */
export type MakeScene = () => Scene;
