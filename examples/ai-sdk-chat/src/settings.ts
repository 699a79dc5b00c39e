/** In a real page whoever signs your users in gives it. */
export function token(): string | null {
  return localStorage.getItem("token");
}

export function authorization(): Record<string, string> {
  return { Authorization: `Bearer ${token()}` };
}

/** The name of the chat is in the page's address, so that a reload and another tab find it. */
export function chatId(): string {
  if (location.hash === "") location.hash = crypto.randomUUID();
  return location.hash.slice(1);
}

const query = new URLSearchParams(location.search);
/** Who answers; the service's own team where it is absent. */
export const team = query.get("team");
/** Whether the page speaks over one WebSocket. */
export const bySocket = query.has("socket");
