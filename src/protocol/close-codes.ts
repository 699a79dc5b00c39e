/** WebSocket close codes of contract section 4. */
export const CLOSE = {
  malformed: 4400,
  unauthorized: 4401,
  removed: 4403,
  sessionExpired: 4408,
  deleted: 4410,
  flooding: 4429,
  tooBig: 1009,
  restart: 1012,
  tooSlow: 1013,
} as const;
