import { afterEach, expect, inject, it } from "vitest";
import { Visitor } from "../support/visitor";

const ATTACKS = [
  "<img src=x onerror=\"document.title='owned'\">",
  "<script>document.title='owned'</script>",
  "<svg onload=document.title='owned'><a xlink:href=\"javascript:alert(1)\">x</a></svg>",
  "[click](javascript:document.title='owned')",
  "[click](  jAvAsCrIpT&colon;document.title='owned')",
  "[click](data:text/html,<script>document.title='owned'</script>)",
  "![picture](https://tracker.example/pixel.png)",
  "<iframe src=https://tracker.example></iframe>",
  "<form action=https://tracker.example><button>Sign in</button></form><style>*{display:none}</style>",
  '<a id=app name=app href="https://ok.example" style="position:fixed;inset:0" onclick="x">fine</a>',
  "[a link](https://ok.example)",
];

let visitor: Visitor | undefined;
afterEach(() => visitor?.close());

it("a hostile message does nothing, whoever writes it", async () => {
  visitor = await Visitor.signedIn();
  const { page } = visitor;
  const elsewhere: string[] = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(inject("shared").production.url)) elsewhere.push(request.url());
  });
  let dialogs = 0;
  page.on("dialog", (dialog) => {
    dialogs++;
    return dialog.dismiss();
  });
  // As a person's message, as a stream and as a finished answer.
  await visitor.begin(`/echo ${ATTACKS.join("\n\n")}`);
  await page.locator("li.assistant").getByText("a link").waitFor();
  const bodies = page.locator(".markdown");
  expect(
    await bodies.locator("img, script, svg, iframe, form, style, button, [id], [style]").count(),
  ).toBe(0);
  const links = await bodies
    .locator("a[href]")
    .evaluateAll((all) =>
      all.map((link) => [link.getAttribute("href"), link.getAttribute("rel")].join(" ")),
    );
  expect(new Set(links)).toEqual(
    new Set([
      "https://tracker.example/pixel.png noopener noreferrer nofollow",
      "https://ok.example noopener noreferrer nofollow",
    ]),
  );
  for (const link of await bodies.locator("a:not([href])").all()) await link.click();
  // The words are all there, as words.
  expect(await page.locator("li.assistant").textContent()).toContain("<img src=x onerror=");
  expect(await page.title()).toMatch(/ · Taskroom$/);
  expect({ elsewhere, dialogs, faults: visitor.faults }).toEqual({
    elsewhere: [],
    dialogs: 0,
    faults: [],
  });
});

it("the policy stands behind it: no inline script, no markup from text, no other server", async () => {
  visitor = await Visitor.open();
  const { page } = visitor;
  const tried = await page.evaluate(async () => {
    const script = document.createElement("script");
    let markup = "allowed";
    try {
      script.textContent = "document.title = 'owned'";
      document.head.append(script);
      document.body.insertAdjacentHTML("beforeend", "<img src=x onerror=document.title='owned'>");
    } catch {
      markup = "refused";
    }
    const away = await fetch("https://elsewhere.example/").then(
      () => "allowed",
      () => "refused",
    );
    return { markup, away, title: document.title };
  });
  expect(tried).toEqual({ markup: "refused", away: "refused", title: "Taskroom" });
  expect(visitor.faults.length).toBeGreaterThan(0);
});
