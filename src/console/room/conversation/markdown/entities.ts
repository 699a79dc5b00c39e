/** Characters that HTML has names for and people write by them. */
const NAMED: Record<string, string> = {
  ...{ amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0", shy: "\u00ad" },
  ...{
    ndash: "–",
    mdash: "—",
    hellip: "…",
    bull: "•",
    middot: "·",
    deg: "°",
    para: "¶",
    sect: "§",
  },
  ...{ laquo: "«", raquo: "»", lsquo: "‘", rsquo: "’", ldquo: "“", rdquo: "”", bdquo: "„" },
  ...{ copy: "©", reg: "®", trade: "™", euro: "€", pound: "£", yen: "¥", cent: "¢" },
  ...{ times: "×", divide: "÷", plusmn: "±", minus: "−", frac12: "½", frac14: "¼", infin: "∞" },
  ...{
    le: "≤",
    ge: "≥",
    ne: "≠",
    asymp: "≈",
    colon: ":",
    larr: "←",
    rarr: "→",
    uarr: "↑",
    darr: "↓",
    harr: "↔",
  },
};

const REFERENCE = /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z][A-Za-z0-9]{1,31}));/g;
const REPLACEMENT = "\ufffd";

/** Words as they are meant, of a text in which characters may be written as `&amp;` or `&#38;`. */
export function decoded(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(REFERENCE, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return NAMED[name] ?? whole;
    return characterOf(decimal === undefined ? Number.parseInt(hex ?? "0", 16) : Number(decimal));
  });
}

function characterOf(code: number): string {
  const isCharacter = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  return isCharacter ? String.fromCodePoint(code) : REPLACEMENT;
}
