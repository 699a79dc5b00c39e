/** A text that is the same for everyone, as it is answered. */
export type ServedDocument = { text: string; etag: string; headers: Record<string, string> };

export type DocumentMaker = {
  text: () => string;
  /** Given the text. */
  headers: (text: string) => Promise<Record<string, string>> | Record<string, string>;
};

/** Seconds for which a reader need not ask again: after a deploy the old one may be seen so long. */
const MAX_AGE_S = 300;

/** Makes the document at the first call and keeps it for the isolate's life. */
export function madeOnce({ text, headers }: DocumentMaker): () => Promise<ServedDocument> {
  let made: Promise<ServedDocument> | undefined;
  const make = async () => {
    const content = text();
    return {
      text: content,
      etag: `"${(await sha256(content)).slice(0, 22)}"`,
      headers: {
        "Cache-Control": `public, max-age=${MAX_AGE_S}`,
        "X-Content-Type-Options": "nosniff",
        ...(await headers(content)),
      },
    };
  };
  return () => {
    made ??= make();
    return made;
  };
}

/** The document, or 304 where the reader has it already (RFC 9110, section 13.1.2). */
export function answer(request: Request, { text, etag, headers }: ServedDocument): Response {
  const known = (request.headers.get("If-None-Match") ?? "").split(",").map(strong);
  const all = { ...headers, ETag: etag };
  if (known.includes(etag)) return new Response(null, { status: 304, headers: all });
  return new Response(text, { headers: all });
}

// A proxy that compresses makes an ETag weak; the text is the same.
function strong(etag: string): string {
  return etag.trim().replace(/^W\//, "");
}

/** SHA-256 in base64, as security policies name a style. */
export async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return btoa(String.fromCharCode(...new Uint8Array(digest)));
}
