import type { STORED_FILES } from "../../operations/rest/files";
import { refuse } from "../../protocol/errors";
import type { AppContext } from "../context";
import { readableFile } from "../files/access";
import { bucketOf } from "../files/bucket";
import { answerFile } from "../files/read";
import { uploadFile } from "../files/upload";
import { RefusedRequest } from "../problem";
import { answerOf, ownHome, twice } from "../rooms/ask";
import { Answer, type Handlers } from "../serving/handler";

const NOT_YOURS = refuse("forbidden", "Whoever stored a file may erase it");

export const files: Handlers<typeof STORED_FILES> = {
  async upload({ c, query }) {
    const file = await uploadFile(c, query.name);
    return new Answer(file, { headers: { Location: `/api/v1/files/${file.id}` } });
  },

  read: ({ c, params, query }) => answerFile(c, params.fileId, query),

  async remove({ c, params }) {
    const outcome = await twice(() => ownHome(c).removeFile(params.fileId));
    if (!outcome.ok && outcome.refusal.code === "not_found") {
      await refuseAnothers(c, params.fileId);
    }
    answerOf(outcome);
  },
};

/** What the caller sees, and may not do, is no `not_found`. */
async function refuseAnothers(c: AppContext, fileId: string): Promise<void> {
  await readableFile(c, bucketOf(c), fileId);
  throw new RefusedRequest(NOT_YOURS);
}
