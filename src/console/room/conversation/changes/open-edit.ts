import type { Message, TaskroomError } from "../../../../client";
import { Cell } from "../../../state/cell";
import { asTaskroomError } from "../../../state/known-failure";

export type Edit = {
  messageId: string;
  text: string;
  isSaving: boolean;
  error: TaskroomError | undefined;
};

/**
 * The message that is being said otherwise, if any. It is the room's, not the message's: what was written
 * outlasts the message, whose place another may take meanwhile.
 */
export class OpenEdit extends Cell<Edit | undefined> {
  constructor() {
    super(undefined);
  }

  begin({ id, content }: Message): void {
    this.set({ messageId: id, text: content, isSaving: false, error: undefined });
  }

  write(text: string): void {
    this.#change({ text });
  }

  /** Ends once it is stored; what was refused stays to be tried again. */
  async save(store: (text: string) => Promise<unknown>): Promise<void> {
    const edit = this.getSnapshot();
    if (!edit || edit.isSaving) return;
    this.#change({ isSaving: true, error: undefined });
    const { messageId } = edit;
    const isSame = () => this.getSnapshot()?.messageId === messageId;
    try {
      await store(edit.text.trim());
      if (isSame()) this.end();
    } catch (failure) {
      const error = asTaskroomError(failure);
      if (isSame()) this.#change({ isSaving: false, error });
    }
  }

  end(): void {
    this.set(undefined);
  }

  #change(part: Partial<Edit>): void {
    const edit = this.getSnapshot();
    if (edit) this.set({ ...edit, ...part });
  }
}
