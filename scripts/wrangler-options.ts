import { optionOf } from "./port.mjs";

const VERBOSE = "--verbose";

/** What we must know of wrangler's options; all of them are passed on as they are, but our own. */
export type WranglerOptions = {
  /** Our own: everything that wrangler and the worker say is shown. */
  verbose: boolean;
  port: number | undefined;
  ip: string;
  secure: boolean;
  interactive: boolean;
  persistTo: string | undefined;
  config: string | undefined;
  env: string | undefined;
  vars: Record<string, string>;
};

export function readWranglerOptions(args: string[]): WranglerOptions {
  const port = optionOf(args, "--port");
  return {
    verbose: isVerbose(args),
    port: port === undefined ? undefined : Number(port),
    ip: optionOf(args, "--ip") ?? "localhost",
    secure: optionOf(args, "--local-protocol") === "https",
    interactive: args.some((arg) => arg.startsWith("--show-interactive-dev-session")),
    persistTo: optionOf(args, "--persist-to"),
    config: optionOf(args, "--config", "-c"),
    env: optionOf(args, "--env", "-e"),
    vars: varsOf(args),
  };
}

/** The options among these that a `wrangler d1` needs, to meet the same database. */
export function databaseOptions(args: string[]): string[] {
  const { persistTo, config, env } = readWranglerOptions(args);
  return [
    ...(persistTo ? ["--persist-to", persistTo] : []),
    ...(config ? ["--config", config] : []),
    ...(env ? ["--env", env] : []),
  ];
}

/** Without it only what failed is told. Who sets wrangler's own level has said what they want. */
function isVerbose(args: string[]): boolean {
  const { TASKROOM_VERBOSE, WRANGLER_LOG } = process.env;
  if (args.includes(VERBOSE) || optionOf(args, "--log-level") !== undefined) return true;
  return Boolean(TASKROOM_VERBOSE) || WRANGLER_LOG !== undefined;
}

/** What wrangler is given of the options. */
export function withoutOurOwn(args: string[]): string[] {
  return args.filter((arg) => arg !== VERBOSE);
}

/** `--var` takes every word up to the next option: `--var A:1 B:2 --port 1`. */
function varsOf(args: string[]): Record<string, string> {
  const vars: Record<string, string> = {};
  let taking = false;
  for (const arg of args) {
    if (arg.startsWith("-")) taking = arg === "--var";
    const text = arg.startsWith("--var=") ? arg.slice("--var=".length) : arg;
    const cut = text.indexOf(":");
    if ((arg.startsWith("--var=") || (taking && arg !== "--var")) && cut > 0) {
      vars[text.slice(0, cut)] = text.slice(cut + 1);
    }
  }
  return vars;
}
