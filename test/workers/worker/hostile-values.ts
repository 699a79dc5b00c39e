/** A generator of numbers in [0, 1) that always gives the same ones (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Texts that have broken others: SQL, paths, scripts, templates, formats, unicode, sheer length. */
export const TEXTS: readonly string[] = [
  ...["", " ", "0", "-1", "1e309", "NaN", "null", "undefined", "true", "[object Object]"],
  ...["' OR '1'='1", "'; DROP TABLE tasks; --", '" OR ""="', "%' ESCAPE '!", "1 UNION SELECT 1"],
  ...["../../../../etc/passwd", "..\\..\\windows", "%2e%2e%2f", "/", "//", ".", "..", ";", "?#"],
  ...["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "then"],
  ...["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}", "$" + "{7*7}"],
  ...["$(id)", "`id`", "| id", "\u0000", "a\u0000b", "\r\nX-Injected: 1", "\t", "\u001b[31m"],
  ...[
    "💥",
    "\u202egnp.exe",
    "ﬀ",
    "İ",
    "é",
    "\ufeff",
    "\uffff",
    "﷽".repeat(50),
    "👩‍👩‍👧‍👦".repeat(20),
  ],
  ...["a".repeat(64), "a".repeat(256), "a".repeat(5000), "💥".repeat(2000)],
  ...["9007199254740993", "00000000000000000001", "0x10", "1_000", "٣", "１２"],
  ...["2026-13-45T99:99:99Z", "9999-12-31T23:59:60+23:59", "0000-01-01T00:00:00Z"],
  ...["http://169.254.169.254/", "file:///etc/passwd", "javascript:alert(1)", "https://a:b@c/"],
  ...["eyJiZWZvcmUiOiJ4In0", "e30", "W10", "bnVsbA", "====", "eyJfX3Byb3RvX18iOnt9fQ"],
];

/** Values of the wrong type, or at the edge of the right one. */
export const VALUES: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1.5, 1e308, -0, 2 ** 60, [], {}, [[]], [null]],
  ...[{ length: 1e9 }, { toJSON: 1 }, { constructor: { prototype: {} } }, { $gt: "" }, { "": "" }],
  Array.from({ length: 500 }, (_, i) => i),
  Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`k${i}`, i])),
];

const DEEP = 20_000;

/** Whole bodies that are no JSON of the right kind, as text or bytes. */
export const BODIES: readonly (string | Uint8Array<ArrayBuffer>)[] = [
  ...["", " ", "null", "[]", "0", '"text"', "{", "}", "{]", '{"a":}', "{'a':1}", "NaN", "\ufeff{}"],
  ...['{"__proto__":{"role":"owner"}}', '{"constructor":{"prototype":{"x":1}}}'],
  ...['{"title":"\\ud800"}', '{"\\udc00":1}', '{"title":"a\\u0000b"}', '{"a":1,"a":2}'],
  ...["[".repeat(DEEP), '{"a":'.repeat(DEEP), "[".repeat(60) + "]".repeat(60)],
  `{"metadata":${'{"a":'.repeat(63)}1${"}".repeat(63)}}`,
  `{"title":"${"x".repeat(300_000)}"}`,
  `{"metadata":{"x":"${"💥".repeat(30_000)}"}}`,
  `[${"1,".repeat(120_000)}1]`,
  Uint8Array.of(0xff, 0xfe, 0x00),
  Uint8Array.of(0x7b, 0x22, 0xc0, 0x80, 0x22, 0x3a, 0x31, 0x7d),
  new Uint8Array(262_145),
];

/** What a header can carry of the texts. */
export const HEADER_TEXTS: readonly string[] = TEXTS.filter((text) =>
  /^[\x20-\x7e\t]*$/.test(text),
);
