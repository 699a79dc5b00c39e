/** What browsers call a key that the input method takes (UI Events, section 7.3.1). */
const TAKEN_BY_INPUT_METHOD = 229;

/**
 * Whether a key belongs to the input method that is composing text: there Enter takes a candidate and
 * Escape drops it. Safari ends the composition before it tells of the key, so `isComposing` is false
 * then and only the key's code says so.
 */
function isOfInputMethod(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === TAKEN_BY_INPUT_METHOD;
}

/**
 * Keeps such keys from all that listens in the page, and from what the browser itself does for them:
 * send a form, close a dialog. Must be called before anything else listens.
 */
export function withholdComposingKeys(page: Window): void {
  const withhold = (event: KeyboardEvent) => {
    if (!isOfInputMethod(event)) return;
    event.stopImmediatePropagation();
    if (event.key === "Enter" || event.key === "Escape") event.preventDefault();
  };
  page.addEventListener("keydown", withhold, { capture: true });
}
