import type { Attachment } from "../../../protocol/files/attachment";
import type { KeptFile } from "../../../protocol/rooms/turn-run";
import type { ModelConfig } from "../../../resources/agent";
import type { StepFiles } from "../../../resources/step-files";
import {
  type ContextRequest,
  costOf,
  type FittedContext,
  fitContext,
  type TalkMessage,
  talkTokens,
} from "../context";
import { callKey, type FilePart, partTokens } from "./message-files";
import { PromptFiles } from "./prompt-files";
import { TAKES_NOTHING, takesOf } from "./takes";

type Asked = ContextRequest & {
  attachments: readonly Attachment[];
  /** Files that tools gave in this step. */
  kept: readonly KeptFile[];
};

type Source = {
  files: StepFiles;
  model: ModelConfig;
  /** The provider has refused files: they are only named. */
  namesOnly: boolean;
};

export type FittedFiles = FittedContext & {
  /** By the call that gave them. */
  ofCalls: Map<string, FilePart[]>;
  /** Whether there is any file in it as it is. */
  hasParts: boolean;
};

/**
 * What a model is asked, with the files of it: those of the question first, then what its tools gave, then
 * older ones, the newest first, as far as there is room. Their bytes are read now, and nowhere kept.
 */
export async function fitWithFiles(asked: Asked, source: Source): Promise<FittedFiles> {
  const { files, model, namesOnly } = source;
  const takes = namesOnly ? TAKES_NOTHING : takesOf(model);
  const prompt = new PromptFiles(files, takes, talkTokens(asked));
  // What nobody could count is sent, and left out where it proved too much.
  const isSoft = asked.mostTokens === undefined;
  const { attachments, kept, ...request } = asked;
  const inputFiles = attachments.length > 0 ? await prompt.of(attachments, { isSoft }) : undefined;
  const ofCalls = await filesOfCalls(kept, prompt, isSoft);
  const context = await withFiles(request.context, prompt);
  // What tools gave stands behind all that is fitted.
  const behind = [...ofCalls.values()].flat().reduce((sum, part) => sum + partTokens(part), 0);
  const contextWindow = request.contextWindow - behind;
  const fitted = fitContext({
    ...request,
    ...{ context, contextWindow },
    ...(inputFiles && { inputFiles }),
  });
  const hasParts = ofCalls.size > 0 || fitted.messages.some(({ parts = [] }) => parts.length > 0);
  return { ...fitted, ofCalls, hasParts };
}

/** What was given as text is in the tool's answer already, and what is left out is named there. */
async function filesOfCalls(kept: readonly KeptFile[], prompt: PromptFiles, isSoft: boolean) {
  const ofCalls = new Map<string, FilePart[]>();
  for (const { call, attachment } of kept.toReversed()) {
    if (!call || !prompt.mayBePart(attachment)) continue;
    const { parts } = await prompt.of([attachment], { isSoft });
    const known = ofCalls.get(callKey(call)) ?? [];
    if (parts.length > 0) ofCalls.set(callKey(call), [...parts, ...known]);
  }
  return ofCalls;
}

/** Files of messages that will not fit are not read. */
async function withFiles(
  context: readonly TalkMessage[],
  prompt: PromptFiles,
): Promise<TalkMessage[]> {
  const read: TalkMessage[] = [];
  for (const message of context.toReversed()) {
    prompt.spend(costOf(message));
    const { attachments = [] } = message;
    const files = attachments.length > 0 && (await prompt.of(attachments, { isSoft: false }));
    read.unshift(files ? { ...message, files } : message);
  }
  return read;
}
