/** Does what is of less weight than the work that it is about: if it fails, the work goes on. */
export function unharmed(at: string, lesser: () => void): void {
  try {
    lesser();
  } catch (error) {
    console.error(JSON.stringify({ at, error: String(error) }));
  }
}
