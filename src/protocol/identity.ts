import * as z from "zod";
import { descent } from "./depth";
import { LIMITS } from "./limits";
import { place } from "./rooms/place";

export const role = z.enum(["owner", "editor", "viewer"]);
export type Role = z.infer<typeof role>;

/** Each scope implies those before it (contract section 1). */
export const scope = z.enum(["read", "write", "admin"]);
export type Scope = z.infer<typeof scope>;

export const userId = z.string().min(1).max(LIMITS.userIdChars);

/** Whether members can be kept by this name: one is no name of a stored record's. */
export function keepsItsName(id: string): boolean {
  return id !== "__proto__";
}

/** Who calls, proven at the edge; permission is the room's to decide. */
/** Compiled: each request and each upgrade carries one to its object. */
export const principal = z.compile(
  z.object({
    userId,
    name: z.string().optional(),
    scope,
    /** What is checked when a credential is revoked: an API key's id, or absent for a JWT. */
    keyId: z.string().optional(),
    /** Milliseconds since 1970; `null`: does not expire by itself. */
    expiresAt: z.int().nullable(),
    /** The request that the caller came with, for log lines; a socket's is its upgrade. */
    requestId: z.string().optional(),
    /** Where the caller is, as far as is known: what is made for the caller is made there. */
    near: place.optional(),
    /** Of which turns' work the request is a part; absent for a person's. */
    descent: descent.optional(),
  }),
);
export type Principal = z.infer<typeof principal>;

const RANK: Record<Scope, number> = { read: 0, write: 1, admin: 2 };

export function hasScope(principal: Principal, needed: Scope): boolean {
  return RANK[principal.scope] >= RANK[needed];
}

/** The scope that implies all of these. */
export function highestScope(scopes: readonly Scope[]): Scope {
  return scopes.reduce<Scope>((a, b) => (RANK[a] >= RANK[b] ? a : b), "read");
}

/** `now` in milliseconds since 1970. */
export function isExpired({ expiresAt }: Principal, now: number): boolean {
  return expiresAt !== null && now >= expiresAt;
}
