import type { HomeFilesApi } from "../../src/durable-objects/user-room/api";
import { control } from "./control";
import { passGate } from "./gates";

/** What a user's home says of files, where it can be reached and its answers are not lost. */
export function breakableHome(userId: string, home: HomeFilesApi): HomeFilesApi {
  return {
    reserveFile: (...input) => through(() => home.reserveFile(...input)),
    finishFile: (...input) => through(() => home.finishFile(...input)),
    abandonFile: (...input) => through(() => home.abandonFile(...input)),
    findFile: (...input) => through(() => home.findFile(...input)),
    removeFile: (...input) => through(() => home.removeFile(...input)),
    claimFiles: async (...input) => {
      await passGate("claiming", userId);
      return through(() => home.claimFiles(...input));
    },
    shareFiles: (...input) => through(() => home.shareFiles(...input)),
    settleFiles: (...input) => through(() => home.settleFiles(...input)),
    releaseFiles: (...input) => through(() => home.releaseFiles(...input)),
    unknownFiles: (...input) => through(() => home.unknownFiles(...input)),
  };
}

async function through<T>(call: () => Promise<T>): Promise<T> {
  if (control.users === "down") throw new Error("the user's room is down");
  const answer = await call();
  if (control.users === "answers are lost") throw new Error("the answer is lost");
  return answer;
}
