import { type Ref, ref } from "../../protocol/refs";

/** The team that a model's name stands for; nothing where it is none. */
export function teamOf(model: string): Ref | undefined {
  const cut = model.lastIndexOf("/");
  if (cut < 1) return undefined;
  return ref.safeParse({ namespace: model.slice(0, cut), name: model.slice(cut + 1) }).data;
}
