type Signature = { mediaType: string; at: number; bytes: string };

/** First bytes of pictures and documents, as Latin-1. */
const SIGNATURES: Signature[] = [
  { mediaType: "image/png", at: 0, bytes: "\x89PNG\r\n\x1a\n" },
  { mediaType: "image/jpeg", at: 0, bytes: "\xff\xd8\xff" },
  { mediaType: "image/gif", at: 0, bytes: "GIF87a" },
  { mediaType: "image/gif", at: 0, bytes: "GIF89a" },
  { mediaType: "image/webp", at: 8, bytes: "WEBP" },
  { mediaType: "image/tiff", at: 0, bytes: "II*\0" },
  { mediaType: "image/tiff", at: 0, bytes: "MM\0*" },
  { mediaType: "image/avif", at: 4, bytes: "ftypavif" },
  { mediaType: "image/heic", at: 4, bytes: "ftypheic" },
  { mediaType: "image/heic", at: 4, bytes: "ftypmif1" },
];

const CHECKED: ReadonlySet<string> = new Set([
  ...SIGNATURES.map(({ mediaType }) => mediaType),
  "application/pdf",
]);

/** Readers take a PDF whose header is somewhere in its first kilobyte. */
const PDF_HEADER_BYTES = 1024;

/** What the first bytes of a file say that it is; `undefined` where they say nothing. */
function typeOfBytes(bytes: Uint8Array): string | undefined {
  const head = String.fromCharCode(...bytes.subarray(0, PDF_HEADER_BYTES));
  const found = SIGNATURES.find((one) => head.startsWith(one.bytes, one.at));
  return found?.mediaType ?? (head.includes("%PDF-") ? "application/pdf" : undefined);
}

/**
 * What a file is, by its first bytes where it is said to be a picture or a PDF, or nothing at all, else
 * as it is said; `undefined` where it is no such thing.
 */
export function trueType(said: string, bytes: Uint8Array): string | undefined {
  const seen = typeOfBytes(bytes);
  if (said === "application/octet-stream") return seen ?? said;
  if (said.startsWith("image/") && seen?.startsWith("image/")) return seen;
  const isChecked = CHECKED.has(said) || said === "image/*";
  return !isChecked || said === seen ? said : undefined;
}
