// The plugin imports the main module anew for every request, alarm and call of an object, and each
// time vitest's runner asks vitest's own process where it is. It is where it was.
type Import = (id: string, options?: object) => Promise<unknown>;
type Runner = { import: Import & { keepsMain?: true } };

const MAIN = "/test/worker/index.ts";

const { __vitest_mocker__: mocker } = globalThis as {
  __vitest_mocker__?: { moduleRunner?: Runner };
};
const runner = mocker?.moduleRunner;
// Files of one runtime share its runner.
if (runner && !runner.import.keepsMain) runner.import = keepingMain(runner.import.bind(runner));

function keepingMain(load: Import): Runner["import"] {
  let main: unknown;
  const keeping: Import = async (id, options) => {
    if (options || !id.endsWith(MAIN)) return load(id, options);
    main ??= await load(id);
    return main;
  };
  return Object.assign(keeping, { keepsMain: true as const });
}
