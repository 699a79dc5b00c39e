import { badOptions } from "../errors";

/** With a scheme; the host of `localhost:8787` would else be taken for one. */
const SCHEME = /^[a-z][a-z\d+.-]*:\/\//i;
/** Against the page's own address: `/`, `/below/a/path`, `//other.example`, `./here`. */
const RELATIVE = /^[./]/;
/** Where nobody expects TLS. */
const LOCAL = /^(localhost|127\.|10\.|192\.168\.|\[::1\])/i;
const EXAMPLE = "https://taskroom.example";

/**
 * Where the server is: what paths of the API are put behind. The address may end in `/` or `/api/v1`, may
 * begin with `ws`, and may have a path, where a proxy serves Taskroom below one. A relative address is
 * the page's; asked for where there is no page, it throws.
 */
export function serverAt(given: unknown): () => string {
  const text = String(given ?? "").trim();
  if (typeof given !== "string" && !(given instanceof URL)) {
    throw badOptions(`url is ${given === null ? "null" : typeof given}, not text as ${EXAMPLE}`);
  }
  if (text === "") {
    throw badOptions(`url is empty: give the server's, as ${EXAMPLE}, or / for the page's own`);
  }
  if (SCHEME.test(text)) {
    const address = addressOf(text);
    return () => address;
  }
  if (!RELATIVE.test(text)) {
    const scheme = LOCAL.test(text) ? "http" : "https";
    const meant = /^(https?|wss?):/i.test(text) ? EXAMPLE : `${scheme}://${text}`;
    throw badOptions(`url ${text} has no scheme that says how to reach it: write ${meant}`);
  }
  const page = pageAddress();
  if (page === undefined) return () => relativeToNothing(text);
  const address = addressOf(text, page);
  return () => address;
}

/** The address of the page that runs this, or of its worker. */
export function pageAddress(): string | undefined {
  const page: { location?: { href?: string } } = globalThis as object;
  return page.location?.href;
}

function addressOf(text: string, base?: string): string {
  const url = parsed(text, base);
  const scheme = url.protocol.replace(/^ws/i, "http");
  if (!/^https?:$/.test(scheme)) {
    throw badOptions(`url ${text} begins with ${url.protocol}: only http and https reach a server`);
  }
  if (url.username || url.password) {
    throw badOptions(`url has a name or a password in it: who calls is said by token alone`);
  }
  if (url.search || url.hash) {
    throw badOptions(`url ${url.origin}… has a ? or a # in it: give the server's address alone`);
  }
  const path = url.pathname.replace(/\/+$/, "").replace(/\/api\/v1$/, "");
  return `${scheme}//${url.host}${path}`;
}

function parsed(text: string, base: string | undefined): URL {
  try {
    return new URL(text, base);
  } catch (cause) {
    throw badOptions(`url ${text} is no address: give the server's, as ${EXAMPLE}`, cause);
  }
}

function relativeToNothing(text: string): never {
  const where = "there is no page here whose server could be meant";
  throw badOptions(`url ${text} is relative, and ${where}: write it whole, as ${EXAMPLE}`);
}
