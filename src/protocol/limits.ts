const KIB = 1024;
const MIB = 1024 * KIB;

/** Bounds of the wire, each with its reason. What an operator may change is in `settings.ts`. */
export const LIMITS = {
  /** Bytes of a stored row: half of what SQLite takes in a Durable Object or in D1. */
  rowBytes: MIB,
  /** Bytes of a frame of the server's: a client that reads no faster than it must never waits long. */
  sentFrameBytes: MIB,
  /** Bytes of a page of REST: at least four of the longest messages. */
  pageBytes: 4 * MIB,
  /** Bytes of one client frame; more closes with 1009. Eight times the longest content in UTF-8. */
  frameBytes: 256 * 1024,
  /** UTF-16 units of a user's message: some 8,000 tokens, a long document section. */
  contentUnits: 32_000,
  /** Files of one message. */
  attachments: 10,
  /** Bytes of a file: photographs of any phone, and documents of some hundred pages. */
  fileBytes: 25 * MIB,
  /** Characters of a file's name, as file systems take it, and of its media type. */
  fileNameChars: 255,
  mediaTypeChars: 127,
  /** Bytes of a file that an agent sends within an event. */
  sentFileBytes: 4 * MIB,
  /** Bytes of all files that one request hands to an agent of its own; further ones are named. */
  handedFilesBytes: 4 * MIB,
  /** Bytes of pictures and documents in one request to a model: four times that is in memory then, of 128 MiB. */
  promptFilesBytes: 10 * MIB,
  /** Bytes of a text file as a model gets it, and of all of them in one request. */
  promptTextBytes: 256 * KIB,
  promptTextsBytes: 4 * MIB,
  /** Files that are read for one request, to a model or to an agent. */
  filesRead: 64,
  /** Files that one answer carries; and UTF-16 units of a name that its maker gives: with both a message is a row. */
  madeFiles: 10,
  madeFileNameChars: 120,
  /** Hours for which a file that no message carries is kept. */
  loneFileHours: 24,
  /** Files of one user: each is a row of their home. */
  filesPerUser: 100_000,
  /** Tasks that carry one and the same file: a row each. */
  tasksPerFile: 1000,
  /** Minutes that a file may take to be written; a slow line has 7 KiB/s for the largest. */
  uploadMinutes: 60,
  /** Messages that join one turn beside its own. */
  joinedMessages: 50,
  /** Ids in one event: some 170 KB of JSON, so that a commit of many is several rows and frames. */
  supersededIds: 5000,
  /** Messages of a conversation that a task begins with, and bytes in UTF-8 of all they say. */
  givenMessages: 500,
  givenHistoryBytes: 512 * KIB,
  /** Characters of the name of whoever said one of them. */
  givenNameChars: 200,
  /** Bytes of a model's answer and its reasoning together; what is beyond ends it. */
  answerBytes: 640 * KIB,
  /** Bytes of the same as JSON: a text of nothing but line ends must not make a row of twice its size. */
  answerJsonBytes: 736 * KIB,
  /** Bytes as JSON of a tool's input, or of its output, in an event. */
  toolValueBytes: 64 * KIB,
  /** Bytes as JSON of all inputs and outputs of one answer, in its events, and again in its message. */
  toolValuesBytes: 256 * KIB,
  /** Bytes of a tool's output as its model gets it. */
  toolOutputBytes: 256 * KIB,
  /** UTF-16 units of a tool's error. */
  toolErrorUnits: 2000,
  /** Tools of a client for one turn, and bytes of all as JSON. */
  clientTools: 64,
  clientToolsBytes: 64 * KIB,
  /** Bytes as JSON of what a remote agent goes on from, and of the text that is kept for that. */
  resumeStateBytes: 64 * KIB,
  // It is in a state twice, as text and as round: with an answer of the longest it is still a frame.
  resumeTextBytes: 256 * KIB,
  /** Bytes as JSON of what a part of an agent's work gives. */
  partBytes: 256 * KIB,
  /** Milliseconds that a tool may work where its server has no rule of its own, and after each progress. */
  defaultToolCallMs: 60_000,
  /** Milliseconds that a tool may work in all, and the most that a rule may give it. */
  toolCallMs: 600_000,
  /** A model that is tried has so long in all: somebody looks on. */
  trialMs: 20_000,
  /** Calls of tools that a round may ask for; further ones are passed over. */
  roundCalls: 256,
  /** Characters of a tool's name and of a call's id, which a provider makes. */
  toolNameChars: 200,
  /** Characters of a model's name, as its provider says it. */
  modelNameChars: 200,
  /** Bytes of a turn in an event or a list: its results are cut until it fits; on REST it is whole. */
  turnBytes: 512 * KIB,
  /** Bytes of all results of a turn that REST gives whole: what is over it is cut, or no call could carry it. */
  wholeTurnBytes: 16 * MIB,
  /** Bytes of a REST body: a frame's worth. */
  bodyBytes: 256 * 1024,
  /** Bytes of the body that makes a task: a given history in which every byte takes six as JSON, and a body. */
  createBodyBytes: 6 * 512 * KIB + 256 * KIB,
  /**
   * Bytes of a body of a protocol whose messages have files in them, as base64: some 6 MiB of files. Five times
   * that is in memory then, of 128 MiB that requests share.
   */
  faceBodyBytes: 8 * MIB,
  /** UTF-16 units past which a text of such a body may be a file; schemas are made for the rest alone. */
  longTextUnits: 4096,
  /** Hours from an ephemeral task's last turn to its erasure. */
  ephemeralHours: 24,
  /** Characters of a client's `id` on a frame. */
  refChars: 64,
  /** Characters of a `clientMessageId` and an `Idempotency-Key`. */
  clientKeyChars: 255,
  titleChars: 200,
  /** Characters of what is searched for: a pasted paragraph. */
  searchChars: 4000,
  /** Characters of a task's key, its creator's own name for it. */
  taskKeyChars: 200,
  reasonChars: 500,
  /** Bytes of a `metadata` object as JSON: identifiers and settings, not documents. */
  metadataBytes: 16 * 1024,
  /** Levels of nesting in any JSON: recursive validation must not overflow the stack. */
  jsonDepth: 64,
  labels: 32,
  labelKeyChars: 63,
  labelValueChars: 256,
  /** Members named when a task is created; a room has thousands of sockets, not of roles. */
  members: 100,
  userIdChars: 255,
  threadChars: 64,
  /**
   * Requests of one user per window and location, as `[[ratelimits]]` of `wrangler.toml` says: a
   * hundred a second, which no page or script needs, and which a room still serves.
   */
  requestsPerWindow: 6000,
  requestWindowMs: 60_000,
  /**
   * New tasks of one user per window and location, as `TASK_LIMIT` of `wrangler.toml` says: each is an
   * object with storage of its own, which no person and few scripts make ten times a second. Files, which
   * are counted apart, may be as many.
   */
  tasksPerWindow: 600,
  /** The same of API keys, of webhooks, and of tests of models and tools: `GRANT_LIMIT`. */
  grantsPerWindow: 120,
  /**
   * Attempts of one address without a credential that holds, and looks at `/healthz`, per window and
   * location: `ADDRESS_LIMIT`. An office behind one address fails less often by mistake.
   */
  attemptsPerWindow: 300,
  /** Items of one page. */
  pageItems: 200,
  defaultPageItems: 50,
  /** Values of one repeatable query filter. */
  filterValues: 20,
  /** Commands per window and connection; past it `rate_limited`, at `floodFactor` times it 4429. */
  commandsPerWindow: 20,
  commandWindowMs: 10_000,
  floodFactor: 5,
  /** Frames that cannot be read, per window; one more closes with 4400. */
  malformedPerWindow: 10,
  connectionsPerSession: 10,
  /** Sockets of one room, under the platform's 32,768. */
  connectionsPerRoom: 32_000,
  /** New attempts that restarts of the runtime may cost one turn, outside its retry budget. */
  restartsPerTurn: 3,
  /** Times that failures may take one turn back to an earlier phase. */
  rollbacksPerTurn: 2,
  /** UTF-8 bytes of all guidance that one turn is given: with its input they lie in one row. */
  guidanceBytes: 128 * 1024,
  /** Turns that wait in one task. */
  waitingTurns: 20,
  /** Bytes unsent to one socket at which it is sent no more until it has taken them. */
  unsentBytes: 1024 * 1024,
  /** Resources of one namespace; with `bodyBytes` it bounds what one user can store. */
  resources: 1000,
  /** Milliseconds of silence that a model may be allowed at most. */
  silenceMs: 600_000,
  /** Bytes of JSON that a Model adds to its requests: it is in every plan. */
  extraBodyBytes: 16 * KIB,
  /** Headers and tool servers that a resource names: each is sent, or connected to, for a step. */
  headers: 50,
  mcpServers: 20,
  /** Tools of one server that a rule names. */
  namedTools: 128,
  /** Bytes of a team with all that it refers to: a plan is one row. */
  planBytes: 1000 * KIB,
  /** Members of a pipeline. */
  phases: 50,
  /** Bytes of a step's result on the socket; whole on REST. */
  resultBytesOnSocket: 64 * 1024,
  /** Bytes of a step's result: with how it came about it is still a row. */
  resultBytes: 1000 * KIB,
  /** UTF-16 units of a log entry's message; longer ones are cut. */
  logMessageUnits: 4000,
  /** Sockets of one user's own room: every device of five sessions. */
  connectionsPerUser: 50,
  /** Bytes of a notification as JSON: its words, and as much data as a result's own. */
  notificationBytes: 20 * 1024,
  /**
   * Invitations to tasks by one user per window, as `[[ratelimits]]` of `wrangler.toml` says: a task
   * for a whole team, twice over. Each one costs somebody else something.
   */
  invitesPerWindow: 200,
  /** Days that a user's events and notifications are kept. */
  notificationDays: 30,
  /** Event streams of one API key: far more than a script has, far under the platform's 32,768 sockets. */
  streamsPerKey: 1000,
  webhooks: 20,
  /** Addresses that are told of one turn, and of all open turns of a user: each waits for one end. */
  turnHooksPerTurn: 10,
  turnHooks: 1000,
  /** Finished deliveries of one webhook, their bytes, and days for which they are listed. */
  deliveriesKept: 1000,
  deliveriesKeptBytes: 16 * 1024 * 1024,
  deliveryDays: 7,
  /** Deliveries that wait for one endpoint; past it the webhook is paused. */
  deliveriesWaiting: 10_000,
  deliveriesWaitingBytes: 32 * 1024 * 1024,
  /** Tests of one webhook that wait for an answer. */
  testsWaiting: 5,
  /** Hours for which a rotated secret still signs. */
  oldSecretHours: 24,
  /** Hours of retries before a delivery has failed. */
  deliveryHours: 24,
  /** Hours for which an `Idempotency-Key` gives the first answer again. */
  idempotencyHours: 24,
} as const;
