/** Bounds of the wire, each with its reason. What an operator may change is in `settings.ts`. */
export const LIMITS = {
  /** Bytes of one client frame; more closes with 1009. Eight times the longest content in UTF-8. */
  frameBytes: 256 * 1024,
  /** UTF-16 units of a user's message: some 8,000 tokens, a long document section. */
  contentUnits: 32_000,
  /** Bytes of an answer's text and thinking together, in UTF-8: with its tools it fits one row of a megabyte. */
  answerBytes: 640 * 1024,
  /** Bytes of a REST body: a frame's worth. */
  bodyBytes: 256 * 1024,
  /** Characters of a client's `id` on a frame. */
  refChars: 64,
  /** Characters of a `clientMessageId` and an `Idempotency-Key`. */
  clientKeyChars: 255,
  titleChars: 200,
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
  /** Turns that wait in one task. */
  waitingTurns: 20,
  /** Bytes unsent to one socket before it is closed with 1013: nobody's slowness is another's. */
  unsentBytes: 1024 * 1024,
  /** Resources of one namespace; with `bodyBytes` it bounds what one user can store. */
  resources: 1000,
  /** Headers and tool servers that a resource names: each is sent, or connected to, for a step. */
  headers: 50,
  mcpServers: 20,
  /** UTF-16 units of a team with all that it refers to: in UTF-8 still under SQLite's 2 MB row. */
  planUnits: 600_000,
  /** Members of a pipeline. */
  phases: 50,
  /** Bytes of a step's result on the socket; whole on REST. */
  resultBytesOnSocket: 64 * 1024,
  /** Bytes of a step's result. */
  resultBytes: 1024 * 1024,
  /** UTF-16 units of a log entry's message; longer ones are cut. */
  logMessageUnits: 4000,
  /** Sockets of one user's own room: every device of five sessions. */
  connectionsPerUser: 50,
  /** Days that a user's events and notifications are kept. */
  notificationDays: 30,
  webhooks: 20,
  /** Finished deliveries of one webhook, and days for which they are listed. */
  deliveriesKept: 1000,
  deliveryDays: 7,
  /** Deliveries that wait for one endpoint; past it the webhook is paused. */
  deliveriesWaiting: 10_000,
  /** Hours of retries before a delivery has failed. */
  deliveryHours: 24,
  /** Hours for which an `Idempotency-Key` gives the first answer again. */
  idempotencyHours: 24,
} as const;
