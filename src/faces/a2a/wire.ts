import type { TaskState } from "../../operations/a2a/params";
import type { JsonObject, JsonValue } from "../../protocol/json";

/** What the protocol's objects are in its JSON; absent is what protobuf leaves out. */
export type WirePart =
  | { text: string }
  | { data: JsonValue }
  | { url: string; filename: string; mediaType: string };

export type WireMessage = {
  messageId: string;
  contextId: string;
  taskId: string;
  role: "ROLE_USER" | "ROLE_AGENT";
  parts: WirePart[];
  metadata?: JsonObject;
};

export type WireStatus = { state: TaskState; message?: WireMessage; timestamp: string };

export type WireArtifact = { artifactId: string; name: string; parts: WirePart[] };

export type WireTask = {
  id: string;
  contextId: string;
  status: WireStatus;
  artifacts?: WireArtifact[];
  history?: WireMessage[];
};

export type StatusUpdate = {
  taskId: string;
  contextId: string;
  status: WireStatus;
  metadata?: JsonObject;
};

export type ArtifactUpdate = {
  taskId: string;
  contextId: string;
  artifact: WireArtifact;
  append?: true;
  lastChunk?: true;
};

export type Update = { statusUpdate: StatusUpdate } | { artifactUpdate: ArtifactUpdate };
export type StreamResponse = { task: WireTask } | Update;
