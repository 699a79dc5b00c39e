export { isBlank } from "../protocol/blank";
export type { ErrorCode, FailureCode, Problem } from "../protocol/errors";
export type { LogEvent, MomentaryEvent, RoomEvent } from "../protocol/events";
export type { Presence } from "../protocol/events/presence";
export type { Attachment } from "../protocol/files/attachment";
export type { File as StoredFile } from "../protocol/files/file";
export type { Role, Scope } from "../protocol/identity";
export type { Issue } from "../protocol/issues";
export type { Message } from "../protocol/message";
export type { GivenMessage } from "../protocol/rest/given-history";
export type { RoomState, Stream, StreamCall, StreamRound } from "../protocol/room-state";
export type { Session } from "../protocol/session";
export type { Task, TaskStatus } from "../protocol/task";
export type { ClientTool, ToolUse } from "../protocol/tools/tool-use";
export type { OnBusy, Step, StepResult, Turn, TurnStatus } from "../protocol/turn";
export type { KeptNotification, Notification } from "../protocol/user-events";
export type {
  ConfirmAnswer,
  EditOptions,
  NoteOptions,
  RoomConnection,
  RoomEventOf,
  RoomEventType,
  SendOptions,
  ToolAnswer,
  ToolCalled,
} from "./connection/room-connection";
export type { ConnectionStatus, EndCode } from "./connection/status";
export type {
  UserConnection,
  UserRoomEvent,
  UserRoomEventOf,
  UserRoomEventType,
  UserSnapshot,
} from "./connection/user-connection";
export { type ClientErrorCode, TaskroomError } from "./errors";
export type {
  ClientOptions,
  ConnectOptions,
  FetchLike,
  RecoveryStore,
  SocketConstructor,
  SocketLike,
  Timing,
  TokenSource,
} from "./options";
export type { SearchOptions, UsageReport } from "./rest/account";
export type { FileOptions, FilesApi, UploadOptions } from "./rest/files";
export type { Page, PageQuery } from "./rest/paging";
export type { HttpMethod, QueryValue, Request, RequestOptions } from "./rest/request";
export type { Collection, NewResource, NextResource, ResourceIn } from "./rest/resources";
export type { Idempotent, MessageQuery, NewFork, NewTask, TaskQuery } from "./rest/tasks";
export type { RoomSnapshot, UnsentMessage } from "./room/room-snapshot";
export { isOutcomeUnknown, type StreamUse, streamUses } from "./room/stream-uses";
export { createClient, type Taskroom } from "./taskroom";
