import { asyncApi } from "./asyncapi";
import { openApi } from "./openapi";
import { docsPage } from "./page/page";
import { STYLE } from "./page/style";

/** A description of the API as it is served: open to everyone, and the same for everyone. */
export type DocsFile = {
  /** Where it is asked for. */
  path: string;
  /** What it is called among the assets, which serve `x.html` at `/x`. */
  file: string;
  text: string;
  headers: Record<string, string>;
};

/** Seconds for which a reader need not ask again: after a deploy the old one may be seen so long. */
const MAX_AGE_S = 300;

const COMMON = {
  "Cache-Control": `public, max-age=${MAX_AGE_S}`,
  "X-Content-Type-Options": "nosniff",
};

// Tools on other sites may read them: nothing in them is anybody's.
const JSON_HEADERS = {
  ...COMMON,
  "Content-Type": "application/json",
  "Access-Control-Allow-Origin": "*",
};

/** All files that describe the API. */
export async function docsFiles(): Promise<DocsFile[]> {
  return [
    jsonFile("openapi.json", openApi()),
    jsonFile("asyncapi.json", asyncApi()),
    { path: "/docs", file: "docs.html", text: docsPage(), headers: await pageHeaders() },
  ];
}

/** The files' part of the assets' `_headers`; what stands there for all paths gives way to it. */
export function headerRules(files: readonly DocsFile[]): string {
  const rules = files.map(({ path, headers }) => {
    const own = new Set(["Content-Security-Policy", ...Object.keys(headers)]);
    const instead = [...own].map((name) => `! ${name}`);
    const lines = Object.entries(headers).map(([name, text]) => `${name}: ${text}`);
    return [path, ...[...instead, ...lines].map((line) => `  ${line}`)].join("\n");
  });
  return `${rules.join("\n\n")}\n`;
}

function jsonFile(file: string, document: object): DocsFile {
  return { path: `/${file}`, file, text: JSON.stringify(document), headers: JSON_HEADERS };
}

async function pageHeaders(): Promise<Record<string, string>> {
  const style = `style-src 'sha256-${await sha256(STYLE)}'`;
  const nothingElse = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  return {
    ...COMMON,
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": `default-src 'none'; ${style}; ${nothingElse}`,
    "Referrer-Policy": "no-referrer",
  };
}

/** SHA-256 in base64, as security policies name a style. */
async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return btoa(String.fromCharCode(...new Uint8Array(digest)));
}
