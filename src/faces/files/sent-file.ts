/** A file of a message as its sender gave it: where it is, or its bytes. */
export type SentFile = {
  /** Of the request's field that it is in. */
  path: string;
  name?: string | undefined;
  /** As far as it is said: `image/png`, `image`, or nothing. */
  mediaType?: string | undefined;
  from: { url: string } | { base64: string } | { fileId: string };
};

/** What somebody says in a message, and sends along. */
export type Said = { text: string; files: SentFile[] };
