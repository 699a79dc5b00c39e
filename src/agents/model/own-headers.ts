// What says how a message travels is the connection's business, not a resource's.
const OF_THE_CONNECTION = [
  ...["accept-encoding", "connection", "content-encoding", "content-length", "content-type"],
  ...["expect", "host", "keep-alive", "proxy-authorization", "proxy-connection", "te", "trailer"],
  ...["transfer-encoding", "upgrade"],
];

/**
 * The headers that a user gave to a resource, without those that are the connection's or
 * `reserved` (in lower case). Throws `TypeError` where one cannot be a header.
 */
export function ownHeaders(own: Record<string, string>, reserved: readonly string[]): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(own)) {
    const lower = name.toLowerCase();
    if (OF_THE_CONNECTION.includes(lower) || reserved.includes(lower)) continue;
    headers.set(name, value);
  }
  return headers;
}
