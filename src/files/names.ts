/** A name that cannot be read: an escape that is none, a character set that is not UTF-8. */
export const UNREADABLE = Symbol("unreadable");

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const PARAMETER = new RegExp(`;\\s*(${TOKEN})\\s*=\\s*("(?:[^"\\\\]|\\\\.)*"|[^;\\s]*)\\s*`, "y");
const KIND = new RegExp(`^\\s*${TOKEN}\\s*`);

/**
 * The file's name in a `Content-Disposition` (RFC 6266): `filename*` (RFC 8187, UTF-8) stands above
 * `filename`. Nothing where it names none.
 */
export function nameIn(header: string): string | typeof UNREADABLE | undefined {
  const [kind] = KIND.exec(header) ?? [];
  if (kind === undefined) return UNREADABLE;
  const parameters = parametersIn(header, kind.length);
  if (!parameters) return UNREADABLE;
  const extended = parameters.get("filename*");
  return extended === undefined ? parameters.get("filename") : decoded(extended);
}

/** By their names in lower case; nothing where the header is no list of them. */
function parametersIn(header: string, from: number): Map<string, string> | undefined {
  const found = new Map<string, string>();
  PARAMETER.lastIndex = from;
  for (let at = from; at < header.length; at = PARAMETER.lastIndex) {
    PARAMETER.lastIndex = at;
    const match = PARAMETER.exec(header);
    if (!match) return /^\s*;?\s*$/.test(header.slice(at)) ? found : undefined;
    const [, name = "", value = ""] = match;
    const text = value.startsWith('"') ? value.slice(1, -1).replaceAll(/\\(.)/g, "$1") : value;
    found.set(name.toLowerCase(), text);
  }
  return found;
}

function decoded(extended: string): string | typeof UNREADABLE {
  const [, charset = "", text = ""] = /^([^']*)'[^']*'(.*)$/s.exec(extended) ?? [];
  if (charset.toLowerCase() !== "utf-8") return UNREADABLE;
  try {
    return decodeURIComponent(text);
  } catch {
    return UNREADABLE;
  }
}

/** A `Content-Disposition` with a name that every reader gets right, or nearly so where it knows ASCII alone. */
export function disposition(kind: "attachment" | "inline", name: string): string {
  const ascii = name.replaceAll(/[^\x20-\x7e]|["\\%]/g, "_");
  // RFC 8187, section 3.2.1: characters that a URI may have and `attr-char` has not.
  const extended = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${kind}; filename="${ascii}"; filename*=UTF-8''${extended}`;
}
