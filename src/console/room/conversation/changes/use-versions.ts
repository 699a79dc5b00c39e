import { useEffect, useMemo } from "preact/hooks";
import { useSelected } from "../../../state/use-selected";
import { useRoom } from "../../room-scope";
import type { Former, FormerMessages } from "./former-messages";
import { type Placed, placeOf, type Version, type Versions, versionsOf } from "./versions";

/** Pages that one press looks through for what is missing. */
const MOST_PAGES = 50;

export type KnownVersions = Versions & {
  /** Of the one that is looked at, from 0; what stands now comes after the last of `earlier`. */
  index: number;
  /** What is looked at, unless that is what stands now. */
  shown: Version | undefined;
  show: (index: number) => void;
  lookFurther: () => void;
  isLoading: boolean;
  error: Former["error"];
};

/** What stood in a message's place, as far as it is known. */
export function useVersions(message: Placed): KnownVersions {
  const { former } = useRoom();
  const state = useSelected(former, (whole) => whole);
  const versions = useMemo(() => versionsOf(message, state), [message, state]);
  useEffect(() => former.want(), [former]);
  const place = placeOf(message);
  const { earlier } = versions;
  const { chosen, isLoading, error } = state;
  const at = earlier.findIndex(([first]) => first.id === chosen.get(place));
  return {
    ...versions,
    index: at < 0 ? earlier.length : at,
    shown: earlier[at],
    show: (index) => former.choose(place, earlier[index]?.[0].id),
    lookFurther: () => void lookFor(message, former),
    isLoading,
    error,
  };
}

async function lookFor(message: Placed, former: FormerMessages): Promise<void> {
  for (let page = 0; page < MOST_PAGES; page++) {
    await former.more();
    const state = former.getSnapshot();
    if (state.error || versionsOf(message, state).isWhole) return;
  }
}
