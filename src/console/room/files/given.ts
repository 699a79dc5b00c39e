/** Files as somebody chose, dropped or pasted them. */
export type Given = {
  files: readonly File[];
  /** Names of folders among them: a message carries files alone. */
  folders: readonly string[];
};

type Item = {
  readonly kind: string;
  getAsFile(): File | null;
  /** Old in name only: nothing else tells a folder from a file. */
  webkitGetAsEntry?(): { readonly isDirectory: boolean; readonly name: string } | null;
};
type Transfer = { readonly items: Iterable<Item>; readonly types: readonly string[] };

/** What a drop or a paste brings. It must be read while its event is told. */
export function givenBy({ items }: Transfer): Given {
  const files: File[] = [];
  const folders: string[] = [];
  for (const item of items) {
    if (item.kind !== "file") continue;
    const entry = item.webkitGetAsEntry?.();
    const file = item.getAsFile();
    if (entry?.isDirectory) folders.push(entry.name);
    else if (file) files.push(file);
  }
  return { files, folders };
}

export function hasFiles({ types }: Pick<Transfer, "types">): boolean {
  return types.includes("Files");
}

/**
 * Whether what is pasted are words: office programs put a picture of them beside the words and their
 * markup, where a copied file comes with its name at most, and a copied picture with markup at most.
 */
export function areWords({ types }: Pick<Transfer, "types">): boolean {
  return types.includes("text/plain") && types.includes("text/html");
}
