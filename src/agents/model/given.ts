/** The fields that are given: an `undefined` must neither override a default nor reach an SDK. */
export type Given<T> = { [K in keyof T]: Exclude<T[K], undefined> };

export function given<T extends object>(value: T): Given<T> {
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(fields) as Given<T>;
}
