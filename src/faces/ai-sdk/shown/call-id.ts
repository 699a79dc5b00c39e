/** Where a call is, with its provider's id. */
export type CallPlace = { round: number; index: number; toolCallId: string };

/**
 * A call's id for the client, which finds calls by nothing else: the provider's own, and its place behind
 * that where another call of the turn has the same.
 */
export function uniqueCallId(
  { round, index, toolCallId }: CallPlace,
  isTaken: (id: string) => boolean,
): string {
  let id = toolCallId;
  while (isTaken(id)) id = `${id}~${round}.${index}`;
  return id;
}

/** The provider's id and, where the client's has it, the place. */
export function readCallId(id: string): { toolCallId: string; round?: number; index?: number } {
  const [, toolCallId, round, index] = /^(.+?)(?:~(\d{1,4})\.(\d{1,4}))+$/.exec(id) ?? [];
  if (toolCallId === undefined) return { toolCallId: id };
  return { toolCallId, round: Number(round), index: Number(index) };
}
