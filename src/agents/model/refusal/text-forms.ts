import type { FailureReason } from "../../../protocol/errors";

/**
 * What providers say of a context that is too long. Quantifiers are bounded, as the text is; limits of a
 * minute or a day are none of a context.
 */
const OVERFLOW = new RegExp(
  [
    "maximum (\\w{1,20} )?(context|prompt|input|sequence|model) length",
    "context (length|window|size)[^.]{0,80}(exceed|overflow|too|only|larger|greater|limit)",
    "(exceed|overflow|greater|larger|too)[^.]{0,80}context (length|window|size|limit)",
    "context the overflows",
    "(prompt|inputs?|messages|conversation)[^.]{0,40} (is|are) too (long|large)",
    "prompt tokens too long",
    "input token count[^.]{0,40}exceeds",
    "input tokens?[^.]{0,40}(cannot|can't|must not) exceed",
    "(prompt|inputs?|messages?|request|tokens)\\b[^.]{0,60} exceed(s|ed)? (the |your )?(model('s)? )?" +
      "(token limit|max(imum)? ((message|input|prompt|allowed) )?(length|tokens|size))(?! per)",
    "range of input length should be",
    "too many (input )?tokens",
    "reduce the length of",
    "must (be <=? \\d+[^.]{0,20}|have less than \\d+ )tokens",
    "max_new_tokens`? must be",
    "\\bn_ctx\\b",
    "request (body )?too large for",
    // Prompt and answer share a window: a shorter prompt leaves room for the answer.
    "max_(completion_)?tokens\\W{0,3} is too large[^.]{0,40}\\. this model's maximum context length",
  ].join("|"),
  "i",
);

/** Well-known sentences of providers that give no code. Their quantifiers are bounded, as the text is. */
const SENTENCES: [FailureReason, RegExp][] = [
  [
    "unsupported_parameter",
    /unsupported parameter|unknown parameter|unrecognized request argument|extra inputs are not permitted|\bunknown name "|property '[^']{1,64}' is unsupported|argument not supported|is not supported with this model|is deprecated for this model|max_(completion_)?tokens'?"?`? is too large(?![^.]{0,40}\. this model's maximum context)|cannot both be specified/i,
  ],
  [
    "quota_exhausted",
    /credit balance is too low|insufficient (balance|credits?|funds)|exceeded your current quota/i,
  ],
  ["context_overflow", OVERFLOW],
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

/** A code may say no more than that something is invalid. */
export function saysOverflow(text: string): boolean {
  return OVERFLOW.test(text);
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
  /maximum (?:\w{1,20} )?(?:context|prompt|input|sequence|model) length:? ?(?:is |of |is just )?(\d{3,9})/i,
  /context limit: \d{1,9} \+ \d{1,9} > (\d{3,9})/i,
  /(?:token limit|less than|input length should be \[\d{1,9},):? (\d{3,9})/i,
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
