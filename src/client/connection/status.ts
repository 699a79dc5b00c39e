import type { TaskroomError } from "../errors";

/** Why a connection has ended for good: the caller's `close()`, the server's word, or a refusal. */
export type EndCode = "removed" | "deleted" | "incompatible" | TaskroomError["code"];

/** How a connection stands. `attempt` counts the handshakes since it last stood. */
export type ConnectionStatus =
  | { readonly state: "connecting"; readonly attempt: number }
  | {
      readonly state: "open";
      /** Whether the room knew this session from before. */
      readonly resumed: boolean;
    }
  | {
      readonly state: "waiting";
      readonly attempt: number;
      /** Milliseconds since the epoch, as `Date.now()` has it. */
      readonly retryAt: number;
      /** Why the last handshake failed, where that is known. */
      readonly error?: TaskroomError;
    }
  | {
      readonly state: "closed";
      readonly closed: { readonly code: EndCode; readonly reason: string };
      readonly error?: TaskroomError;
    };
