import type { Presence } from "../../protocol/events/presence";

/** Who is here after somebody came, went or typed; one entry for each user. */
export function presenceAfter(here: readonly Presence[], news: Presence): Presence[] {
  const isNews = ({ userId }: Presence) => userId === news.userId;
  if (news.connections === 0) return here.filter((one) => !isNews(one));
  // One of several connections left: the user is still here by another.
  const state = news.state === "typing" ? "typing" : "joined";
  const now: Presence = { ...news, state };
  // Whoever types stays in their place: a list that is looked at must not change its order.
  return here.some(isNews) ? here.map((one) => (isNews(one) ? now : one)) : [...here, now];
}
