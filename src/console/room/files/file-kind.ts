import { isShown } from "../../../files/types";

/** Types that go by a word of their own. */
const WORDS: Record<string, string> = {
  "application/pdf": "PDF",
  "application/json": "JSON",
  "application/zip": "ZIP",
  "text/plain": "Text",
  "text/csv": "CSV",
  "text/markdown": "Markdown",
};
const FAMILIES: Record<string, string> = { audio: "Sound", video: "Film", text: "Text" };
/** What a name ends in, where it is short enough to be a type. */
const ENDING = /\.([a-z0-9]{1,5})$/i;

/** Whether a page may draw it: a picture in which nothing can run, as SVG could. */
export function isPicture(mediaType: string): boolean {
  return mediaType.startsWith("image/") && isShown(mediaType);
}

/** What a file is, in a word for a person: `PDF`, `PNG`, `Sound`. */
export function kindOf({ mediaType, name }: { mediaType: string; name: string }): string {
  const [family = "", subtype = ""] = mediaType.split("/");
  if (isPicture(mediaType)) return subtype.toUpperCase();
  const ending = ENDING.exec(name)?.[1]?.toUpperCase();
  return WORDS[mediaType] ?? ending ?? FAMILIES[family] ?? "File";
}
