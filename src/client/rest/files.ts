import type { File as StoredFile } from "../../protocol/files/file";
import type { Context } from "./context";
import { segment } from "./segment";
import { shower, uploadShown } from "./upload-shown";

export type UploadOptions = {
  /** By default a `File`'s own. */
  name?: string;
  /** Bytes that have gone out, of how many; without `XMLHttpRequest` only at the beginning and the end. */
  onProgress?: (sent: number, total: number) => void;
  signal?: AbortSignal;
};

/** `inline`: what a page may show comes under its own type and is not to be saved. */
export type FileOptions = { inline?: boolean };

export type FilesApi = ReturnType<typeof filesApi>;

/** Files (contract section 13). */
export function filesApi(
  context: Pick<Context, "url" | "token" | "timing" | "request" | "fetchBlob">,
) {
  const pathOf = (id: string) => `/files/${segment(id)}`;
  const queryOf = ({ inline = false }: FileOptions) => (inline ? { inline: "1" } : {});
  return {
    /** Its id goes into `attachments` of a message; one that is never sent is gone after a day. */
    async upload(
      blob: Blob,
      { name = nameOf(blob), onProgress, signal }: UploadOptions = {},
    ): Promise<StoredFile> {
      const query = { name };
      const given = signal && { signal };
      const on = onProgress && shower();
      if (on) return uploadShown(context, blob, { on, query, onProgress, ...given });
      onProgress?.(0, blob.size);
      const options = { query, body: blob, ...given };
      const stored = await context.request<StoredFile>("POST", "/files", options);
      onProgress?.(blob.size, blob.size);
      return stored;
    },
    /** Where it is; whoever asks there sends the token in a header, which an `<img>` does not. */
    url: (id: string, options: FileOptions = {}): string =>
      `${context.url()}/api/v1${pathOf(id)}${options.inline ? "?inline=1" : ""}`,
    fetch: (id: string, options: FileOptions & { signal?: AbortSignal } = {}): Promise<Blob> =>
      context.fetchBlob(pathOf(id), {
        query: queryOf(options),
        ...(options.signal && { signal: options.signal }),
      }),
    /** For whoever stored it, while no message carries it. */
    delete: (id: string): Promise<void> => context.request("DELETE", pathOf(id)),
  };
}

function nameOf(blob: Blob): string | undefined {
  return "name" in blob && typeof blob.name === "string" && blob.name !== ""
    ? blob.name
    : undefined;
}
