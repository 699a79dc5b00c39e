import { describeError, logError } from "../../platform/platform-log";

/** Does what is of less weight than the work that it is about: if it fails, the work goes on. */
export function unharmed(event: string, taskId: string | undefined, lesser: () => void): void {
  try {
    lesser();
  } catch (error) {
    logError(event, { taskId, causes: describeError(error) });
  }
}
