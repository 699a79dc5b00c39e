const KEY = "taskroom.token";
/** Everything of ours in the browser's stores, so that signing out leaves nothing. */
const PREFIX = "taskroom.";

/** The token that an earlier visit left: of this tab, or of this device. */
export function keptToken(): string | undefined {
  return ofTab()?.getItem(KEY) ?? ofDevice()?.getItem(KEY) ?? undefined;
}

/** `lasting` keeps it on this device, else it goes with the tab; with the page, where nothing can be kept. */
export function keepToken(token: string, lasting: boolean): void {
  forgetToken();
  try {
    (lasting ? ofDevice() : ofTab())?.setItem(KEY, token);
  } catch {
    // A store may be full.
  }
}

export function forgetToken(): void {
  for (const store of [ofTab(), ofDevice()]) {
    for (const key of Object.keys(store ?? {})) {
      if (key.startsWith(PREFIX)) store?.removeItem(key);
    }
  }
}

/** Where a room's recovery token outlives a reload of the page. */
export function recoveryStore(taskId: string) {
  const key = `${PREFIX}recovery.${taskId}`;
  return {
    get: () => ofTab()?.getItem(key),
    set: (token: string) => ofTab()?.setItem(key, token),
  };
}

const ofTab = () => storeIn(() => sessionStorage);
const ofDevice = () => storeIn(() => localStorage);

/** Browsers that keep no data of a site throw where it only looks for its stores. */
function storeIn(look: () => Storage): Storage | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
