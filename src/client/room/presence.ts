import type { Presence } from "../../protocol/events/presence";

/** Who is here after somebody came, went or typed; one entry for each user. */
export function presenceAfter(here: readonly Presence[], news: Presence): Presence[] {
  const others = here.filter(({ userId }) => userId !== news.userId);
  if (news.connections === 0) return others;
  // One of several connections left: the user is still here by another.
  const state = news.state === "typing" ? "typing" : "joined";
  return [...others, { ...news, state }];
}
