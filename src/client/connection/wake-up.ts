type Listen = (type: string, listener: () => void) => void;
type Events = { addEventListener: Listen; removeEventListener: Listen };

/** What of a page is here; nothing of it in Node and in Workers. */
type Page = Partial<Events> & { document?: Events; navigator?: { onLine?: boolean } };

/** Hears when a browser is back on the network or a page is looked at again; elsewhere nothing. */
export function onWakeUp(listener: () => void): () => void {
  const page: unknown = globalThis;
  const { navigator, document, addEventListener, removeEventListener } = page as Page;
  if (navigator?.onLine === undefined || !addEventListener || !removeEventListener) {
    return () => undefined;
  }
  addEventListener("online", listener);
  document?.addEventListener("visibilitychange", listener);
  return () => {
    removeEventListener("online", listener);
    document?.removeEventListener("visibilitychange", listener);
  };
}
