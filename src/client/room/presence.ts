import type { Presence } from "../../protocol/events/presence";

/** Who is here after somebody came, went or typed; one entry for each user. */
export function presenceAfter(here: readonly Presence[], news: Presence): Presence[] {
  if (news.connections === 0) return here.filter(({ userId }) => userId !== news.userId);
  // One of several connections left: the user is still here by another.
  const state = news.state === "typing" ? "typing" : "joined";
  const now: Presence = { ...news, state };
  // Whoever types stays in their place: a list that is looked at must not change its order.
  const isHere = here.some(({ userId }) => userId === news.userId);
  return isHere ? here.map((one) => (one.userId === news.userId ? now : one)) : [...here, now];
}
