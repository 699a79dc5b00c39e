/** One event of a response's stream, as OpenAI's clients read it. */
export type Frame = {
  type: `response.${string}`;
  sequence_number: number;
  /** Text that a frame adds; it may be cut, and the number is where it ends. */
  delta?: string;
  [field: string]: unknown;
};

/** The frame in words of the stream. */
export function framed(frame: Frame): string {
  return `event: ${frame.type}\ndata: ${JSON.stringify(frame)}\n\n`;
}

/** What of a frame comes after a number of its stream; nothing where all of it was before. */
export function after(frame: Frame, last: number): Frame | undefined {
  const { sequence_number: number, delta } = frame;
  if (number <= last) return undefined;
  if (delta === undefined || number - last >= delta.length) return frame;
  return { ...frame, delta: delta.slice(last - number).toWellFormed() };
}
