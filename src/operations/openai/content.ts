import * as z from "zod";
import { LIMITS } from "../../protocol/limits";
import { orNull } from "./fields";

/** Parts of one message; what is said in it is one text in the end. */
const PARTS = 100;

const text = z.string().max(LIMITS.createBodyBytes);
const address = z.string().min(1);
const id = z.string().min(1).max(LIMITS.clientKeyChars);

const file = {
  /** Base64, or a `data:` URL. */
  file_data: orNull(z.string()),
  file_id: orNull(id),
  filename: orNull(z.string()),
};

/** How each way of the protocol has the parts of a message. */
const PART_TYPES = {
  chat: [
    z.looseObject({ type: z.literal("text"), text }),
    z.looseObject({
      type: z.literal("image_url"),
      image_url: z.looseObject({ url: address }),
    }),
    z.looseObject({ type: z.literal("file"), file: z.looseObject(file) }),
  ],
  responses: [
    z.looseObject({ type: z.enum(["input_text", "output_text"]), text }),
    z.looseObject({
      type: z.literal("input_image"),
      image_url: orNull(address),
      file_id: orNull(id),
    }),
    z.looseObject({ type: z.literal("input_file"), ...file, file_url: orNull(address) }),
  ],
} as const;

const ONLY = {
  chat: "only text, image_url and file are taken",
  responses: "only input_text, output_text, input_image and input_file are taken",
} as const;

/** What a message says and carries: text, or parts. Anything else is refused by its type. */
export const chatContent = z.union([
  text,
  z
    .array(z.discriminatedUnion("type", PART_TYPES.chat, { error: ONLY.chat }))
    .min(1)
    .max(PARTS),
]);
export const responseContent = z.union([
  text,
  z
    .array(z.discriminatedUnion("type", PART_TYPES.responses, { error: ONLY.responses }))
    .min(1)
    .max(PARTS),
]);

export type Content = z.infer<typeof chatContent> | z.infer<typeof responseContent>;
export type ContentPart = Exclude<Content, string>[number];

/** What a message says, its texts as lines. */
export function textOf(content: Content): string {
  if (typeof content === "string") return content;
  return content.flatMap((part) => ("text" in part ? [part.text] : [])).join("\n");
}

type Message = { role: string; content?: Content | null | undefined };

/** For messages: files are sent by users alone. */
export function filesOfUsers({ role, content }: Message, context: z.RefinementCtx): void {
  if (role === "user" || typeof content === "string" || !content) return;
  for (const [i, part] of content.entries()) {
    if (isText(part)) continue;
    const error = { message: "files are sent in a user's message", input: part.type };
    context.addIssue({ code: "custom", path: ["content", i, "type"], ...error });
  }
}

export function isText(part: ContentPart): part is Extract<ContentPart, { text: string }> {
  return part.type === "text" || part.type === "input_text" || part.type === "output_text";
}
