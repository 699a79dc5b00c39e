// Files of one runtime share its modules. Each file's counts are written down for those that it has
// touched: with all others', most of what is sent, read and summed up would be zeros.
type Counts = { s: Record<string, number>; f: Record<string, number> };
type Store = Record<string, Counts>;

/** Where istanbul's code counts, as vitest has it instrumented. */
const STORE = "__VITEST_COVERAGE__";

const shared = globalThis as { [STORE]?: Store };
shared[STORE] ??= {};
const store = shared[STORE];
Object.defineProperty(store, "toJSON", {
  configurable: true,
  value: () => Object.fromEntries(Object.entries(store).filter(([, counts]) => isTouched(counts))),
});

/** Where nothing can be counted, nothing is left out. */
function isTouched({ s, f }: Counts): boolean {
  const counts = [...Object.values(s), ...Object.values(f)];
  return counts.length === 0 || counts.some((count) => count > 0);
}
