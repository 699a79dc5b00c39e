import { type Fields, isFields } from "../../model/wire/json";
import { Unusable } from "./unusable";

/**
 * What a `$ref` points to inside of its own document (RFC 6901). Nothing is fetched, so that one to
 * another document, like one to nothing, makes a schema unusable.
 */
export function referred(root: Fields, ref: string): unknown {
  if (!ref.startsWith("#")) throw new Unusable("refers to another document");
  const pointer = decoded(ref.slice(1));
  if (pointer === "") return root;
  if (!pointer.startsWith("/")) throw new Unusable("refers to what is not in it");
  let at: unknown = root;
  for (const step of pointer.slice(1).split("/")) {
    const key = step.replaceAll("~1", "/").replaceAll("~0", "~");
    const isThere = typeof at === "object" && at !== null && Object.hasOwn(at, key);
    if (!isThere) throw new Unusable("refers to what is not in it");
    at = Array.isArray(at) ? at[Number(key)] : isFields(at) ? at[key] : undefined;
  }
  return at;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
