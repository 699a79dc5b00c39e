import { expect, it } from "vitest";
import { newUser, tokenFor, visitors } from "../support/visitor";

const come = visitors();

it("two clicks lead from a token to an answer that streams; the token is in no address", async () => {
  const { page, userId } = await come.open();
  const addresses: string[] = [];
  page.on("request", (request) => addresses.push(request.url()));
  page.on("websocket", (socket) => addresses.push(socket.url()));
  const token = await tokenFor(userId);
  await page.getByLabel("Access token").fill(token);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "Say hello" }).click();
  await page.locator(".writing").getByText("I am the demo model").waitFor();
  await page.locator("li.assistant").getByText("Until then, try").waitFor();
  expect(await page.locator("li.message").count()).toBe(2);
  await page.getByText(/demo · \d+ tokens/).waitFor({ state: "attached" });
  expect(addresses.length).toBeGreaterThan(5);
  expect([...addresses, page.url()].filter((address) => address.includes(token))).toEqual([]);
});

it("a token that the server refuses is refused at its field", async () => {
  const { page } = await come.open();
  await page.getByLabel("Access token").fill("trk_nonsense");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").getByText("does not accept this token").waitFor();
  expect(await page.getByLabel("Access token").getAttribute("aria-invalid")).toBe("true");
});

it("signing out leaves nothing of the user in the browser", async () => {
  const { page } = await come.signedIn();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("Access token").waitFor();
  const kept = () => JSON.stringify([{ ...sessionStorage }, { ...localStorage }]);
  expect(await page.evaluate(kept)).toBe("[{},{}]");
});

it("Esc stops an answer at once and keeps what was written; Retry writes it anew", async () => {
  const visitor = await come.signedIn();
  const { page } = visitor;
  await visitor.begin("/slow /long 300");
  await page.locator(".writing").getByText("This is the demo model").waitFor();
  await page.getByLabel("Message", { exact: true }).press("Escape");
  await page.getByText("Stopped here.").waitFor();
  expect(await page.locator("li.assistant").textContent()).toContain("This is the demo model");
  expect(await page.locator(".writing").count()).toBe(0);
  await page.getByRole("button", { name: "Retry" }).click();
  await page.locator(".streaming").getByText("attempt 2").waitFor();
  await page.locator(".writing").waitFor();
  expect(await page.getByText("Stopped here.").count()).toBe(0);
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await page.getByText("Stopped here.").waitFor();
});

it("reasoning is collapsed, and there for who asks", async () => {
  const visitor = await come.signedIn();
  const { page } = visitor;
  await visitor.begin("/fast /think /echo done");
  const thinking = page.locator("li.assistant details.thinking");
  await visitor.say("/fast /think Hello");
  await thinking.first().waitFor();
  const words = page.getByText("there is no language model behind me", { exact: false });
  expect(await thinking.last().getByText("First, what is being asked?").isVisible()).toBe(false);
  await thinking.last().locator("summary").click();
  expect(await words.last().isVisible()).toBe(true);
});

it("what is sent while it works waits, or takes its place", async () => {
  const visitor = await come.signedIn();
  const { page } = visitor;
  await visitor.begin("/slow /long 300");
  await page.locator(".writing").waitFor();
  await visitor.say("/fast /echo the second");
  await page.getByText("1 message waits in the queue.").waitFor();
  await page.getByLabel("While it works").selectOption("Stop it and send");
  await visitor.say("/fast /echo the third");
  await page.locator("li.assistant").getByText("the third").waitFor();
  await page.locator("li.assistant").getByText("the second").waitFor();
  const answers = await page.locator("li.assistant .markdown").allTextContents();
  expect(answers.slice(1)).toEqual(["the third\n", "the second\n"]);
});

it("how a turn that had waited ended is said below what came after its message", async () => {
  const visitor = await come.signedIn();
  const { page } = visitor;
  await visitor.begin("/slow /long 300");
  await page.locator(".writing").waitFor();
  await visitor.say("/reject this");
  // It waits until the answer before it is over, which would take half a minute.
  await page.getByText("1 message waits in the queue.").waitFor();
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  const end = page.locator(".tail-end");
  await end.getByText("/reject this").waitFor();
  await end.getByText(/^Failed: /).waitFor();
  expect(await end.getByRole("button", { name: "Retry" }).count()).toBe(1);
  await visitor.say("/fast /echo well then");
  await page.locator("li.assistant").getByText("well then").waitFor();
  await end.waitFor({ state: "detached" });
});

it("a model that fails is tried again before everybody's eyes", async () => {
  const visitor = await come.signedIn();
  await visitor.begin("/fail-once /fast Hello");
  await visitor.page.getByText(/attempt 1 failed: .*Next attempt in \d s/).waitFor();
  await visitor.page.locator("li.assistant").getByText("attempt 2").waitFor();
});

it("a task is renamed, shared, found and, after a question, deleted", async () => {
  const visitor = await come.signedIn();
  const { page } = visitor;
  const bob = newUser("bob");
  await visitor.begin("/fast Hello");
  const menu = async (item: string) => {
    await page.locator("summary", { hasText: /^Task$/ }).click();
    await page.getByRole("button", { name: item, exact: true }).click();
  };
  await menu("Rename");
  await page.getByLabel("Title", { exact: true }).fill("Ünlikely name");
  await page.getByRole("button", { name: "Rename" }).last().click();
  await page.getByRole("heading", { name: "Ünlikely name" }).waitFor();
  await menu("Members");
  await page.getByLabel("Share with").fill(bob);
  await page.getByRole("button", { name: "Share" }).click();
  await page.getByRole("listitem").filter({ hasText: bob }).waitFor();
  await page.keyboard.press("Escape");

  const guest = await come.signedIn(bob);
  await guest.page.getByLabel("Search tasks by title").fill("ünlikely");
  await guest.page.getByRole("link", { name: "Ünlikely name" }).click();
  await guest.page.getByLabel("Message", { exact: true }).waitFor();

  await menu("Delete");
  await page.getByText("are erased, for all its members").waitFor();
  await page.getByRole("button", { name: "Delete" }).last().click();
  await page.getByRole("heading", { name: "What should be done?" }).waitFor();
  await guest.page.getByText("This task was deleted.").waitFor();
});
