/** What a file is to a model: something to read, to look at, a document of pages, or nothing. */
export type MediaKind = "text" | "picture" | "pdf" | "other";

/** Pictures that every provider with eyes takes. */
const PICTURES: ReadonlySet<string> = new Set([
  ...["image/png", "image/jpeg", "image/gif", "image/webp"],
]);

/** Text that is not called so. */
const TEXTS: ReadonlySet<string> = new Set([
  ...["application/json", "application/xml", "application/javascript", "application/x-javascript"],
  ...["application/ecmascript", "application/typescript", "application/x-typescript"],
  ...["application/yaml", "application/x-yaml", "application/toml", "application/sql"],
  ...["application/x-sh", "application/x-shellscript", "application/x-python", "application/x-tex"],
  ...[
    "application/x-ndjson",
    "application/jsonl",
    "application/x-httpd-php",
    "application/graphql",
  ],
  ...["application/csv", "application/x-csv", "application/rtf", "application/x-latex"],
  ...["message/rfc822", "application/x-subrip", "application/node"],
]);

/** What senders that do not know a type say instead; a browser takes TypeScript for a film. */
const UNTOLD: ReadonlySet<string> = new Set([
  ...["application/octet-stream", "binary/octet-stream", "video/mp2t", "video/vnd.dlna.mpeg-tts"],
]);

/** Endings of source code and other text, each with its name in a fence. */
const ENDINGS: ReadonlySet<string> = new Set([
  ...["txt", "text", "md", "markdown", "mdx", "rst", "adoc", "org", "tex", "log", "csv", "tsv"],
  ...["json", "jsonl", "ndjson", "json5", "xml", "yaml", "yml", "toml", "ini", "cfg", "conf"],
  ...["properties", "env", "html", "htm", "css", "scss", "less", "svg", "js", "mjs", "cjs", "jsx"],
  ...["ts", "mts", "cts", "tsx", "vue", "svelte", "py", "pyi", "ipynb", "rb", "php", "java", "kt"],
  ...["kts", "scala", "groovy", "gradle", "go", "rs", "c", "h", "cc", "cpp", "cxx", "hpp", "hh"],
  ...[
    "cs",
    "fs",
    "swift",
    "m",
    "mm",
    "dart",
    "lua",
    "pl",
    "pm",
    "r",
    "jl",
    "hs",
    "ml",
    "ex",
    "exs",
  ],
  ...["erl", "clj", "lisp", "el", "scm", "zig", "nim", "v", "sol", "asm", "s", "sh", "bash", "zsh"],
  ...["fish", "ps1", "bat", "cmd", "sql", "graphql", "gql", "proto", "tf", "hcl", "nix", "cmake"],
  ...["diff", "patch", "srt", "vtt", "ics", "eml", "vcf", "bib", "dockerfile", "makefile"],
]);

type Named = { name: string; mediaType: string };

export function mediaKindOf({ name, mediaType }: Named): MediaKind {
  if (PICTURES.has(mediaType)) return "picture";
  if (mediaType === "application/pdf") return "pdf";
  if (mediaType.startsWith("text/") || TEXTS.has(mediaType)) return "text";
  if (/\+(?:json|xml|yaml)$/.test(mediaType)) return "text";
  return UNTOLD.has(mediaType) && ENDINGS.has(endingOf(name)) ? "text" : "other";
}

/** In lower case; a name without a dot is an ending by itself, as `Makefile` is. */
export function endingOf(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1).toLowerCase();
}

const ENDING_OF_TYPE: Record<string, string> = {
  "image/png": "png",
  "image/jpeg": "jpg",
  "image/gif": "gif",
  "image/webp": "webp",
  "image/svg+xml": "svg",
  "image/avif": "avif",
  "image/heic": "heic",
  "image/bmp": "bmp",
  "image/tiff": "tiff",
  "application/pdf": "pdf",
  "application/json": "json",
  "application/zip": "zip",
  "text/plain": "txt",
  "text/markdown": "md",
  "text/csv": "csv",
  "text/html": "html",
  "audio/mpeg": "mp3",
  "audio/mp3": "mp3",
  "audio/wav": "wav",
  "audio/x-wav": "wav",
  "audio/ogg": "ogg",
  "audio/webm": "webm",
  "video/mp4": "mp4",
  "video/webm": "webm",
};

/** What the name of a file of this type ends in, where that is known. */
export function endingFor(mediaType: string): string | undefined {
  return ENDING_OF_TYPE[mediaType];
}
