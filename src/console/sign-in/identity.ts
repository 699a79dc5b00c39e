/** Who a token speaks for, as far as it says so itself; only to show, the server decides. */
export type Identity = { userId?: string; name?: string; scope?: string };

export function identityOf(token: string): Identity {
  const [, payload, signature] = token.split(".");
  if (!payload || !signature) return {};
  try {
    const base64 = payload.replaceAll("-", "+").replaceAll("_", "/");
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    const userId = textIn(claims, "sub");
    const name = textIn(claims, "name");
    const scope = textIn(claims, "scope");
    return { ...(userId && { userId }), ...(name && { name }), ...(scope && { scope }) };
  } catch {
    return {};
  }
}

function textIn(claims: unknown, name: string): string | undefined {
  if (typeof claims !== "object" || claims === null) return undefined;
  const value: unknown = Reflect.get(claims, name);
  return typeof value === "string" ? value : undefined;
}
