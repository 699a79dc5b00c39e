/**
 * What the platform refuses and the local runtime takes, so that no test rests on it: rows and values
 * over 2 MB in SQLite and in D1, statements with over 100 parameters, calls and frames over 32 MiB.
 */
export const PLATFORM = {
  rowBytes: 2_000_000,
  parameters: 100,
  callBytes: 32 * 1024 * 1024,
  attachmentBytes: 16 * 1024,
};

/** Something that works here only. */
export class RefusedByThePlatform extends Error {}

/** Checks the values that are bound to a statement of one row, and throws where it would be refused. */
export function checkStatement(values: readonly unknown[]): void {
  if (values.length > PLATFORM.parameters) {
    refuse(`${values.length} parameters`, PLATFORM.parameters);
  }
  for (const value of values) {
    const bytes = sizeOf(value);
    if (bytes > PLATFORM.rowBytes) refuse(`a value of ${bytes} bytes`, PLATFORM.rowBytes);
  }
}

/** The same, where all values go into one row. */
export function checkRow(values: readonly unknown[]): void {
  checkStatement(values);
  const bytes = values.reduce<number>((sum, value) => sum + sizeOf(value), 0);
  if (bytes > PLATFORM.rowBytes) refuse(`a row of ${bytes} bytes`, PLATFORM.rowBytes);
}

/** Checks what goes into a call of an object, or comes out of it. */
export function checkCall(value: unknown): void {
  // A response with its body is no data that is copied.
  if (value === undefined || value instanceof Response || value instanceof Request) return;
  const bytes = sizeOf(JSON.stringify(value));
  if (bytes > PLATFORM.callBytes) refuse(`a call of ${bytes} bytes`, PLATFORM.callBytes);
}

export function checkFrame(frame: unknown): void {
  const bytes = sizeOf(frame);
  if (bytes > PLATFORM.callBytes) refuse(`a frame of ${bytes} bytes`, PLATFORM.callBytes);
}

export function checkAttachment(value: unknown): void {
  const bytes = sizeOf(JSON.stringify(value));
  if (bytes > PLATFORM.attachmentBytes) {
    refuse(`an attachment of ${bytes} bytes`, PLATFORM.attachmentBytes);
  }
}

const encoder = new TextEncoder();

function sizeOf(value: unknown): number {
  if (typeof value === "string") return encoder.encode(value).byteLength;
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return value.byteLength;
  return 8;
}

function refuse(what: string, limit: number): never {
  throw new RefusedByThePlatform(`the platform refuses ${what}: at most ${limit}`);
}
