import * as z from "zod";

export const issue = z.object({ path: z.string(), message: z.string() });
export type Issue = z.infer<typeof issue>;

/** A caller's own long names must not come back whole. */
const ISSUE_CHARS = 300;
const MOST_ISSUES = 20;

/** What zod says where it has no words: of a union none of whose forms fits. */
const WORDLESS = "Invalid input";

type Complaint = z.core.$ZodIssue;
type Place = readonly PropertyKey[];
type Found = { path: Place; message: string };

/** A schema's complaints as the contract's `issues`: each at its field, in words. */
export function issuesOf(error: z.ZodError): Issue[] {
  return error.issues
    .flatMap((complaint) => found(complaint, []))
    .slice(0, MOST_ISSUES)
    .map(({ path, message }) => ({
      path: path.map(String).join(".").slice(0, ISSUE_CHARS),
      message: message.slice(0, ISSUE_CHARS),
    }));
}

function found(complaint: Complaint, above: Place): Found[] {
  const path = [...above, ...complaint.path];
  const { message } = complaint;
  switch (complaint.code) {
    case "unrecognized_keys":
      return complaint.keys.map((key) => ({ path: [...path, key], message: "no such field" }));
    case "invalid_key":
      return complaint.issues.map((inner) => ({ path, message: `the name: ${inner.message}` }));
    case "invalid_union":
      return message === WORDLESS ? ofUnion(complaint.errors, path) : [{ path, message }];
    default:
      return [{ path, message }];
  }
}

/** What is wrong by the form that was meant; where none can be told, what each form says. */
function ofUnion(forms: Complaint[][], path: Place): Found[] {
  const meant = forms
    .filter((complaints) => !complaints.some(isAboutKind))
    .sort((a, b) => strangers(a) - strangers(b));
  const [form] = meant;
  if (form) return form.flatMap((complaint) => found(complaint, path));
  const messages = forms.flatMap((complaints) =>
    complaints.flatMap((complaint) => found(complaint, path).map(({ message }) => message)),
  );
  return [{ path, message: [...new Set(messages)].join("; or: ") || "none of the forms it takes" }];
}

/** Whether a value is of another kind altogether than a form wants. */
function isAboutKind({ code, path }: Complaint): boolean {
  return path.length === 0 && (code === "invalid_type" || code === "invalid_value");
}

/** Fields that a form does not know. */
function strangers(complaints: Complaint[]): number {
  return complaints.reduce(
    (sum, complaint) => sum + (complaint.code === "unrecognized_keys" ? complaint.keys.length : 0),
    0,
  );
}
