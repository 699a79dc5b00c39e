import type { FailureReason } from "../../../protocol/errors";

/** Well-known sentences of providers that give no code. Their quantifiers are bounded, as the text is. */
const SENTENCES: [FailureReason, RegExp][] = [
  [
    "unsupported_parameter",
    /unsupported parameter|unknown parameter|unrecognized request argument|extra inputs are not permitted|\bunknown name "|property '[^']{1,64}' is unsupported|argument not supported|is not supported with this model|is deprecated for this model|max_(completion_)?tokens'?"?`? is too large|cannot both be specified/i,
  ],
  [
    "quota_exhausted",
    /credit balance is too low|insufficient (balance|credits?|funds)|exceeded your current quota/i,
  ],
  [
    "context_overflow",
    /maximum (context|prompt|input|sequence) length|context (length|window|size)[^.]{0,80}(exceed|overflow|too|only|larger|greater|limit)|(exceed|overflow|greater|larger|too)[^.]{0,80}context (length|window|size|limit)|context the overflows|(prompt|inputs?|messages|conversation)[^.]{0,40} (is|are) too (long|large)|input token count[^.]{0,40}exceeds|too many (input )?tokens|reduce the length of|must be <=? \d+[^.]{0,20}tokens|max_new_tokens`? must be|\bn_ctx\b|request too large for/i,
  ],
  [
    "unknown_model",
    /\bmodel\b[^.]{0,120}(does not exist|not found|is not available)|not a valid model|no endpoints found(?! that support)|invalid model\b|^\s*model: \S{1,200}\s*$/i,
  ],
  [
    "bad_credentials",
    /(invalid|incorrect|missing) api key|api key (is )?(not valid|invalid|expired)/i,
  ],
  ["overloaded", /\boverloaded\b/i],
];

/** A last resort, for refusals without a code. */
export function reasonOfText(text: string): FailureReason | undefined {
  return SENTENCES.find(([, form]) => form.test(text))?.[0];
}

/** A wait and a quota are judged by these where a code is too general: they name a size, which no wait mends. */
export function isTooLargeForEver(text: string): boolean {
  return /request too large for/i.test(text);
}

const NAMED = [
  /(?:unsupported|unknown|unrecognized) (?:parameter|request argument)(?: supplied)?:? ?['"`]?([\w.[\]-]{1,64})/i,
  /unknown name "([\w.[\]-]{1,64})"/i,
  /property '([\w.[\]-]{1,64})' is unsupported/i,
  /argument not supported on this model: ?['"`]?([\w.[\]-]{1,64})/i,
  /['"`]([\w.[\]-]{1,64})['"`] (?:does not support|is not supported|is deprecated|and|is too large)/i,
  /\b([\w.[\]-]{1,64}): extra inputs are not permitted/i,
  /\b(max_(?:completion_)?tokens) is too large/i,
];

/** The parameter that a sentence names. */
export function parameterOfText(text: string): string | undefined {
  for (const form of NAMED) {
    const name = form.exec(text)?.[1];
    if (name) return name.replace(/\.$/, "");
  }
  return undefined;
}

const WINDOWS = [
  /maximum (?:context|prompt|input|sequence) length:? ?(?:is |of )?(\d{3,9})/i,
  /context length of only (\d{3,9})/i,
  /tokens? > (\d{3,9}) maximum/i,
  /maximum number of tokens allowed \(?(\d{3,9})/i,
  /(\d{3,9}) maximum context length/i,
  /context size \(?(\d{3,9})/i,
];

/** Tokens of the window that a sentence names. */
export function windowOfText(text: string): number | undefined {
  for (const form of WINDOWS) {
    const tokens = form.exec(text)?.[1];
    if (tokens) return Number(tokens);
  }
  return undefined;
}
