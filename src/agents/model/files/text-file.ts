import { beginningOf } from "../../../protocol/bytes";
import { LIMITS } from "../../../protocol/limits";
import { namedFile } from "../../files/file-words";
import { endingOf } from "../../files/media";
import { beginning } from "../tokens";

type Named = { name: string; mediaType: string; size: number };

const CUT = "\n[… the rest of the file is left out]";

/** The text of a file; nothing where its bytes are none. */
export function textOfFile(bytes: Uint8Array): string | undefined {
  const label = labelOf(bytes);
  try {
    return new TextDecoder(label, { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    // Old spreadsheets write a byte for a letter; what has a zero in it is no text at all.
    if (label !== "utf-8" || bytes.includes(0)) return undefined;
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

function labelOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
}

/** A file's text for a model: named, fenced, and at most so many tokens of it. */
export function quotedFile(file: Named, text: string, tokens: number): string {
  const bounded = beginningOf(text, LIMITS.promptTextBytes);
  const kept = beginning(bounded, tokens);
  const body = kept.length < text.length ? kept + CUT : kept;
  const fence = fenceFor(body);
  const lines = [`[A file was attached: ${namedFile(file)}]`, fence + wordFor(file), body, fence];
  return lines.join("\n");
}

/** Longer than any in the text: nothing in a file can end it. */
function fenceFor(text: string): string {
  const ticks = text.match(/`{3,}/g) ?? [];
  return "`".repeat(ticks.reduce((most, run) => Math.max(most, run.length + 1), 3));
}

function wordFor({ name }: Named): string {
  const ending = name.includes(".") ? endingOf(name) : "";
  return /^[a-z0-9]{1,12}$/.test(ending) ? ending : "";
}
