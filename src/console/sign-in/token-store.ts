const KEY = "taskroom.token";
/** Everything of ours in the browser's stores, so that signing out leaves nothing. */
const PREFIX = "taskroom.";

/** The token that an earlier visit left: of this tab, or of this device. */
export function keptToken(): string | undefined {
  return sessionStorage.getItem(KEY) ?? localStorage.getItem(KEY) ?? undefined;
}

/** `lasting` keeps it on this device, else it goes with the tab. */
export function keepToken(token: string, lasting: boolean): void {
  forgetToken();
  (lasting ? localStorage : sessionStorage).setItem(KEY, token);
}

export function forgetToken(): void {
  for (const store of [sessionStorage, localStorage]) {
    for (const key of Object.keys(store)) if (key.startsWith(PREFIX)) store.removeItem(key);
  }
}

/** Where a room's recovery token outlives a reload of the page. */
export function recoveryStore(taskId: string) {
  const key = `${PREFIX}recovery.${taskId}`;
  return {
    get: () => sessionStorage.getItem(key),
    set: (token: string) => sessionStorage.setItem(key, token),
  };
}
