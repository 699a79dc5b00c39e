import { Hono } from "hono";
import { asyncApi } from "../../api-docs/asyncapi";
import { openApi } from "../../api-docs/openapi";
import { answer, madeOnce, sha256 } from "../../api-docs/page/document";
import { docsPage } from "../../api-docs/page/page";
import { STYLE } from "../../api-docs/page/style";
import type { AppEnv } from "../context";

/** The API's descriptions: open to everyone, and the same for everyone. */
export const docs = new Hono<AppEnv>();

// Tools on other sites may read them: nothing in them is anybody's.
const json = { "Content-Type": "application/json", "Access-Control-Allow-Origin": "*" };

const openApiJson = madeOnce({ text: () => JSON.stringify(openApi()), headers: () => json });
const asyncApiJson = madeOnce({ text: () => JSON.stringify(asyncApi()), headers: () => json });
const page = madeOnce({ text: docsPage, headers: pageHeaders });

docs.get("/openapi.json", async (c) => answer(c.req.raw, await openApiJson()));
docs.get("/asyncapi.json", async (c) => answer(c.req.raw, await asyncApiJson()));
docs.get("/docs", async (c) => answer(c.req.raw, await page()));

async function pageHeaders(): Promise<Record<string, string>> {
  const style = `style-src 'sha256-${await sha256(STYLE)}'`;
  const nothingElse = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  return {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": `default-src 'none'; ${style}; ${nothingElse}`,
    "Referrer-Policy": "no-referrer",
  };
}
