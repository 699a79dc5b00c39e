/**
 * Says why code of the last release could not work with what this SQL leaves behind. What it only
 * adds, that code does not see; what is taken away must have been out of use for a release, and says
 * since when: `-- contract of NAME`, where `released` has the name of the step that replaced it.
 */
export function breaches(sql: string, released: readonly string[]): string[] {
  const replaced = /^\s*-- contract of (\S+)/m.exec(sql)?.[1];
  if (replaced !== undefined) {
    return released.includes(replaced) ? [] : [`${replaced} is not released yet`];
  }
  const text = sql.replace(/--.*$/gm, "");
  const made = new Set(MAKES.flatMap((pattern) => [...text.matchAll(pattern)].map(nameIn)));
  return RULES.flatMap(({ pattern, why }) =>
    [...text.matchAll(pattern)].flatMap(([, name = ""]) => (made.has(name) ? [] : [why])),
  );
}

const NAME = '["`]?(\\w+)["`]?';
const MAKES = [
  new RegExp(`CREATE (?:VIRTUAL )?TABLE (?:IF NOT EXISTS )?${NAME}`, "gi"),
  new RegExp(`\\bADD (?:COLUMN )?${NAME}`, "gi"),
];

function nameIn([, name = ""]: RegExpExecArray): string {
  return name;
}

/** Each pattern's first group is a table or column: one that is made in the same step is nobody's yet. */
const RULES = [
  // Without an index a statement is slower, not wrong.
  { pattern: /\bDROP\s+(?!INDEX\b)/gi, why: "drops what the last release may read" },
  { pattern: /\bRENAME\s/gi, why: "renames what the last release may read" },
  {
    pattern: /\bADD\s+(?:COLUMN\s+)?\S+(?=[^;]*\bNOT NULL\b)(?![^;]*\bDEFAULT\b)[^;]*/gi,
    why: "adds a column that the last release cannot fill",
  },
  {
    pattern: new RegExp(`\\bCREATE UNIQUE INDEX\\s+\\S+\\s+ON\\s+${NAME}`, "gi"),
    why: "refuses rows that the last release may write",
  },
  {
    pattern: new RegExp(`\\b(?:DELETE FROM|REPLACE INTO)\\s+${NAME}(?=[\\s(;]|$)`, "gi"),
    why: "takes rows that the last release may read",
  },
  {
    pattern: new RegExp(`\\bUPDATE\\s+\\S+\\s+SET\\s+${NAME}`, "gi"),
    why: "changes rows that the last release may read",
  },
];
