/** Types that a page may show where it stands: none of them runs anything in it. */
const SHOWN: ReadonlySet<string> = new Set([
  ...["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"],
  ...["audio/aac", "audio/flac", "audio/mp4", "audio/mpeg", "audio/ogg", "audio/opus"],
  ...["audio/wav", "audio/webm", "audio/x-wav"],
  ...["video/mp4", "video/ogg", "video/quicktime", "video/webm"],
  "application/pdf",
]);

const OFFICE = "application/vnd.openxmlformats-officedocument";

/** Types that are always saved and yet told by their name: no browser runs one of them. */
const INERT: ReadonlySet<string> = new Set([
  ...["text/plain", "text/csv", "text/markdown", "text/tab-separated-values"],
  ...["application/json", "application/gzip", "application/zip", "application/x-tar"],
  ...["application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint"],
  `${OFFICE}.wordprocessingml.document`,
  `${OFFICE}.spreadsheetml.sheet`,
  `${OFFICE}.presentationml.presentation`,
  ...["application/rtf", "application/epub+zip", "image/bmp", "image/heic", "image/tiff"],
]);

/** What is said of bytes of which nothing is said. */
export const BYTES = "application/octet-stream";

/** Whether a page may show a file of this type where it stands. */
export function isShown(mediaType: string): boolean {
  return SHOWN.has(mediaType);
}

/**
 * The type that a file is served under. Only types of this table are named: HTML, SVG, scripts, style
 * sheets and whatever may become one of them some day are bytes.
 */
export function servedType(mediaType: string): string {
  return SHOWN.has(mediaType) || INERT.has(mediaType) ? mediaType : BYTES;
}
