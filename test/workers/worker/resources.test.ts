import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { call, codeOf, token } from "./build";

const ID = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string(),
    resourceVersion: z.string(),
    createdAt: z.string(),
    updatedAt: z.string(),
  }),
  spec: z.record(z.string(), z.unknown()),
});
const page = z.object({ items: z.array(ID), nextCursor: z.string().nullable() });

let users = 0;
/** A user of a test's own, whose id needs escaping in a path. */
function someone(): string {
  return `res|user/${++users}`;
}

type Who = { sub: string; scope?: string };

function as(who: string | Who, method: string, path: string, body?: unknown, over: object = {}) {
  const claims = typeof who === "string" ? { sub: who } : who;
  return token(claims).then((credential) =>
    call(`/api/v1${path}`, {
      method,
      token: credential,
      ...(body !== undefined && { body }),
      env: over,
    }),
  );
}

const admin: Who = { sub: "root", scope: "admin" };
const at = (collection: string, namespace: string, name: string) =>
  `/${collection}/${encodeURIComponent(namespace)}/${name}`;
const ghost = (name: string, more: object = {}) => ({
  metadata: { name },
  spec: { systemPrompt: "You are kind.", ...more },
});
const bot = (name: string, spec: object = {}) => ({
  metadata: { name },
  spec: { ghostRef: "system/assistant", ...spec },
});
const team = (name: string, botRef: string) => ({
  metadata: { name },
  spec: { collaboration: "solo", members: [{ role: "a", botRef }] },
});

async function made(who: string | Who, collection: string, body: object) {
  const response = await as(who, "POST", `/${collection}`, body);
  expect([response.status, await response.clone().text()]).toEqual([201, expect.anything()]);
  return ID.parse(await response.json());
}

async function refusal(response: Response) {
  const body = await response.json<{ code: string; issues?: { path: string }[] }>();
  return [response.status, body.code, ...(body.issues ?? []).map(({ path }) => path)];
}

const bodies: [string, string, object, object][] = [
  ["ghosts", "Ghost", ghost("r"), { systemPrompt: "Another." }],
  [
    "models",
    "Model",
    { metadata: { name: "r" }, spec: { provider: "openai", model: "m" } },
    { provider: "openai", model: "m2", parameters: { temperature: 1 } },
  ],
  [
    "shells",
    "Shell",
    { metadata: { name: "r" }, spec: { runtime: "chat" } },
    { runtime: "http", url: "https://agent.example/run" },
  ],
  ["bots", "Bot", bot("r"), { ghostRef: { namespace: "system", name: "coder" } }],
  [
    "teams",
    "Team",
    team("r", "system/assistant"),
    { collaboration: "pipeline", members: [{ role: "b", botRef: "system/coder" }] },
  ],
];

describe("the life of a resource", () => {
  it.each(bodies)("of %s", async (collection, kind, body, spec) => {
    const alice = someone();
    const response = await as(alice, "POST", `/${collection}`, {
      ...body,
      metadata: { name: "r", displayName: "Räume", labels: { a: "b" } },
    });
    expect(response.status).toBe(201);
    const path = at(collection, alice, "r");
    expect(response.headers.get("Location")).toBe(`/api/v1${path}`);
    const created = ID.strict().parse(await response.json());
    expect(created).toMatchObject({
      kind,
      metadata: { name: "r", namespace: alice, displayName: "Räume", labels: { a: "b" } },
    });
    const read = await as(alice, "GET", path);
    expect([read.status, await read.json()]).toEqual([200, created]);
    const replaced = await as(alice, "PUT", path, { metadata: { name: "r" }, spec });
    expect(replaced.status).toBe(200);
    const next = ID.parse(await replaced.json());
    expect(next.metadata).not.toHaveProperty("displayName");
    expect(next.metadata.createdAt).toBe(created.metadata.createdAt);
    expect(next.metadata.resourceVersion).not.toBe(created.metadata.resourceVersion);
    expect(await (await as(alice, "GET", path)).json()).toEqual(next);
    const gone = await as(alice, "DELETE", path);
    expect([gone.status, await gone.text()]).toEqual([204, ""]);
    for (const method of ["GET", "DELETE"]) {
      expect(await refusal(await as(alice, method, path))).toEqual([404, "not_found"]);
    }
    expect(await refusal(await as(alice, "PUT", path, { spec }))).toEqual([404, "not_found"]);
  });

  it("references are answered as objects, however they were written", async () => {
    const alice = someone();
    await made(alice, "ghosts", ghost("mine"));
    const { spec } = await made(alice, "bots", bot("b", { ghostRef: `${alice}/mine` }));
    expect(spec).toEqual({ ghostRef: { namespace: alice, name: "mine" } });
  });

  it("what was read can be sent back", async () => {
    const alice = someone();
    const created = await made(alice, "ghosts", ghost("r"));
    const response = await as(alice, "PUT", at("ghosts", alice, "r"), created);
    expect(response.status).toBe(200);
    const stale = await as(alice, "PUT", at("ghosts", alice, "r"), created);
    expect(await refusal(stale)).toEqual([409, "conflict"]);
  });

  it("a name that is created again never has an old version again", async () => {
    const alice = someone();
    const first = await made(alice, "ghosts", ghost("r"));
    await as(alice, "DELETE", at("ghosts", alice, "r"));
    await made(alice, "ghosts", ghost("r"));
    const response = await as(alice, "PUT", at("ghosts", alice, "r"), first);
    expect(await refusal(response)).toEqual([409, "conflict"]);
  });

  it("of replacements of one version at the same time one is made", async () => {
    const alice = someone();
    const created = await made(alice, "ghosts", ghost("r"));
    const answers = await Promise.all(
      [1, 2, 3, 4].map(() => as(alice, "PUT", at("ghosts", alice, "r"), created)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
  });

  it("what exists is not created again, also at the same time", async () => {
    const alice = someone();
    const answers = await Promise.all(
      [1, 2, 3].map((i) => as(alice, "POST", "/ghosts", ghost("r", { systemPrompt: `${i}` }))),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    const again = await as(alice, "POST", "/ghosts", ghost("r"));
    expect(await refusal(again)).toEqual([409, "conflict"]);
  });
});

describe("who may do what", () => {
  const operations: [string, (namespace: string) => [string, string, object?]][] = [
    ["list", () => ["GET", "/ghosts"]],
    ["list of", (ns) => ["GET", `/ghosts?namespace=${encodeURIComponent(ns)}`]],
    ["read", (ns) => ["GET", at("ghosts", ns, "r")]],
    [
      "create",
      (ns) => ["POST", "/ghosts", { ...ghost("x"), metadata: { name: "x", namespace: ns } }],
    ],
    ["replace", (ns) => ["PUT", at("ghosts", ns, "r"), ghost("r")]],
    ["delete", (ns) => ["DELETE", at("ghosts", ns, "r")]],
  ];
  const own = { list: 200, "list of": 200, read: 200, create: 201, replace: 200, delete: 204 };
  const reading = { list: 200, "list of": 200, read: 200, create: 403, replace: 403, delete: 403 };
  const nobody = { list: 401, "list of": 401, read: 401, create: 401, replace: 401, delete: 401 };
  const foreign = { list: 200, "list of": 404, read: 404, create: 404, replace: 404, delete: 404 };
  const cases = [
    { who: "nobody", expected: nobody },
    { who: "the owner", expected: own },
    { who: "the owner with scope read", expected: reading },
    { who: "another user", expected: foreign },
    { who: "an admin", expected: foreign },
  ].flatMap(({ who, expected }) =>
    operations.map(([name, request]) => ({
      who,
      name,
      request,
      status: { ...expected }[name as "list"],
    })),
  );

  it.each(cases)("$who: $name → $status", async ({ who, request, status }) => {
    const alice = someone();
    await made(alice, "ghosts", ghost("r"));
    const [method, path, body] = request(alice);
    const credentials: Record<string, Who> = {
      "the owner": { sub: alice },
      "the owner with scope read": { sub: alice, scope: "read" },
      "another user": { sub: someone() },
      "an admin": admin,
    };
    const credential = credentials[who];
    const response = credential
      ? await as(credential, method, path, body)
      : await call(`/api/v1${path}`, { method, token: null, ...(body && { body }) });
    expect(response.status).toBe(status);
    const after = await as(alice, "GET", at("ghosts", alice, "r"));
    expect(after.status).toBe(method === "DELETE" && status === 204 ? 404 : 200);
  });

  it("nobody sees another's in a list", async () => {
    const [alice, bob] = [someone(), someone()];
    await made(alice, "ghosts", ghost("secret-name"));
    const response = await as(bob, "GET", "/ghosts?limit=200");
    expect(await response.text()).not.toContain("secret-name");
  });

  it("system is read by all and written by admins", async () => {
    const alice = someone();
    const path = at("ghosts", "system", "librarian");
    const body = {
      metadata: { name: "librarian", namespace: "system" },
      spec: { systemPrompt: "!" },
    };
    expect(await refusal(await as(alice, "POST", "/ghosts", body))).toEqual([403, "forbidden"]);
    await made(admin, "ghosts", body);
    expect((await as(alice, "GET", path)).status).toBe(200);
    expect(await refusal(await as(alice, "PUT", path, body))).toEqual([403, "forbidden"]);
    expect(await refusal(await as(alice, "DELETE", path))).toEqual([403, "forbidden"]);
    const listed = page.parse(await (await as(alice, "GET", "/ghosts?namespace=system")).json());
    expect(listed.items.map(({ metadata }) => metadata.name)).toContain("librarian");
    await made(alice, "bots", bot("b", { ghostRef: "system/librarian" }));
    const used = await as(admin, "DELETE", path);
    expect([used.status, await used.json()]).toMatchObject([
      409,
      { code: "in_use", referrers: [`Bot/${alice}/b`] },
    ]);
    await as(alice, "DELETE", at("bots", alice, "b"));
    expect((await as(admin, "DELETE", path)).status).toBe(204);
  });

  it("an admin's resource stands for what ships under its name, until it is deleted", async () => {
    const alice = someone();
    const path = at("ghosts", "system", "planner");
    const shipped = ID.parse(await (await as(alice, "GET", path)).json());
    const body = {
      metadata: { name: "planner", namespace: "system" },
      spec: { systemPrompt: "P" },
    };
    expect(await refusal(await as(admin, "POST", "/ghosts", body))).toEqual([409, "conflict"]);
    expect(await refusal(await as(admin, "DELETE", path))).toEqual([409, "conflict"]);
    const stale = { ...body, metadata: { ...body.metadata, resourceVersion: "0" } };
    expect(await refusal(await as(admin, "PUT", path, stale))).toEqual([409, "conflict"]);
    expect((await as(admin, "PUT", path, { ...shipped, spec: body.spec })).status).toBe(200);
    expect(await (await as(alice, "GET", path)).json()).toMatchObject({ spec: body.spec });
    const { items } = page.parse(
      await (await as(alice, "GET", "/ghosts?namespace=system&limit=200")).json(),
    );
    expect(items.filter(({ metadata }) => metadata.name === "planner")).toHaveLength(1);
    // Something refers to it, and goes on doing so to what ships.
    await made(alice, "bots", bot("b", { ghostRef: "system/planner" }));
    expect((await as(admin, "DELETE", path)).status).toBe(204);
    expect(await (await as(alice, "GET", path)).json()).toEqual(shipped);
  });

  it("the operator's own address and key are shown to nobody", async () => {
    const over = {
      DEFAULT_MODEL_BASE_URL: "http://operator:pw@10.1.2.3/v1",
      DEFAULT_MODEL_API_KEY: "sk-operator",
    };
    for (const path of [at("models", "system", "default"), "/models"]) {
      const text = await (await as(admin, "GET", path, undefined, over)).text();
      expect(text).toContain("•••");
      expect(text).not.toMatch(/10\.1\.2\.3|sk-operator/);
    }
  });
});

describe("references", () => {
  it("must lead somewhere that the writer may use", async () => {
    const [alice, bob] = [someone(), someone()];
    await made(bob, "ghosts", ghost("bobs"));
    for (const ghostRef of [`${alice}/nothing`, `${bob}/bobs`, "system/nobody"]) {
      const response = await as(alice, "POST", "/bots", bot("b", { ghostRef }));
      expect(await refusal(response)).toEqual([400, "invalid_request", "spec.ghostRef"]);
    }
    const wrongKind = await as(alice, "POST", "/bots", bot("b", { modelRef: "system/coder" }));
    expect(await refusal(wrongKind)).toEqual([400, "invalid_request", "spec.modelRef"]);
    const many = {
      metadata: { name: "t" },
      spec: {
        collaboration: "pipeline",
        members: [
          { role: "a", botRef: "system/coder", onFailure: { fallback: `${alice}/none` } },
          { role: "b", botRef: `${alice}/none` },
        ],
      },
    };
    expect(await refusal(await as(alice, "POST", "/teams", many))).toEqual([
      400,
      "invalid_request",
      "spec.members.0.onFailure.fallback",
      "spec.members.1.botRef",
    ]);
    await made(alice, "bots", bot("b"));
    const put = await as(alice, "PUT", at("bots", alice, "b"), bot("b", { shellRef: "system/no" }));
    expect(await refusal(put)).toEqual([400, "invalid_request", "spec.shellRef"]);
  });

  it("of system stay in system: nobody else's resource may hold it up", async () => {
    await made(admin, "ghosts", ghost("mine"));
    const body = { metadata: { name: "b", namespace: "system" }, spec: { ghostRef: "root/mine" } };
    const response = await as(admin, "POST", "/bots", body);
    expect(await refusal(response)).toEqual([400, "invalid_request", "spec.ghostRef"]);
  });

  it("keep what they lead to, and let it go when they are gone", async () => {
    const alice = someone();
    await made(alice, "ghosts", ghost("g"));
    await made(alice, "ghosts", ghost("h"));
    await made(alice, "bots", bot("b", { ghostRef: `${alice}/g` }));
    await made(alice, "teams", team("t", `${alice}/b`));
    for (const [path, referrer] of [
      [at("ghosts", alice, "g"), `Bot/${alice}/b`],
      [at("bots", alice, "b"), `Team/${alice}/t`],
    ] as const) {
      const response = await as(alice, "DELETE", path);
      expect([response.status, await response.json()]).toMatchObject([
        409,
        { code: "in_use", referrers: [referrer] },
      ]);
    }
    await as(alice, "PUT", at("bots", alice, "b"), bot("b", { ghostRef: `${alice}/h` }));
    expect((await as(alice, "DELETE", at("ghosts", alice, "g"))).status).toBe(204);
    const order = [at("teams", alice, "t"), at("bots", alice, "b"), at("ghosts", alice, "h")];
    for (const path of order) expect((await as(alice, "DELETE", path)).status).toBe(204);
    const left = await env.DB.prepare("SELECT * FROM resource_refs WHERE from_namespace = ?")
      .bind(alice)
      .all();
    expect(left.results).toEqual([]);
  });

  it("never lead nowhere, whoever is faster", async () => {
    const alice = someone();
    for (let i = 0; i < 10; i++) {
      await made(alice, "ghosts", ghost(`g${i}`));
      const [create, remove] = await Promise.all([
        as(alice, "POST", "/bots", bot(`b${i}`, { ghostRef: `${alice}/g${i}` })),
        as(alice, "DELETE", at("ghosts", alice, `g${i}`)),
      ]);
      expect([
        [201, 409],
        [400, 204],
      ]).toContainEqual([create.status, remove.status]);
    }
  });
});

describe("lists", () => {
  it("give 520 resources and what ships once each, newest first, while more come", async () => {
    const alice = someone();
    const minute = (i: number) =>
      new Date(Date.UTC(2026, 10, 10, 0, Math.floor(i / 3))).toISOString();
    const insert = (i: number) =>
      env.DB.prepare(
        `INSERT INTO resources (kind, namespace, name, spec, secrets, refs, version, created_at, updated_at)
        VALUES ('Ghost', ?, ?, '{"systemPrompt":""}', '{}', '[]', 1, ?, ?)`,
      ).bind(alice, `g-${i}`, minute(i), minute(i));
    await env.DB.batch(Array.from({ length: 520 }, (_, i) => insert(i)));
    const seen: z.infer<typeof ID>[] = [];
    let cursor: string | null = "";
    for (let i = 0; cursor !== null && i < 20; i++) {
      const more: string = cursor && `&cursor=${cursor}`;
      const read = page.parse(await (await as(alice, "GET", `/ghosts?limit=50${more}`)).json());
      seen.push(...read.items);
      cursor = read.nextCursor;
      await insert(1000 + i).run();
    }
    const names = seen.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => name.startsWith(alice))).toHaveLength(520);
    expect(names).toContain("system/assistant");
    const times = seen.map(({ metadata }) => metadata.createdAt);
    expect(times).toEqual(times.toSorted().reverse());
  });

  it("have a bound in bytes, and every resource once, however large they are", async () => {
    const alice = someone();
    const insert = (i: number) =>
      env.DB.prepare(
        `INSERT INTO resources (kind, namespace, name, spec, secrets, refs, version, created_at, updated_at)
        VALUES ('Ghost', ?, ?, ?, '{}', '[]', 1, ?, ?)`,
      ).bind(
        ...[alice, `g-${i}`, JSON.stringify({ systemPrompt: "語".repeat(i % 3 ? 32_000 : 100) })],
        ...Array(2).fill(new Date(Date.UTC(2026, 10, 10, 0, Math.floor(i / 3))).toISOString()),
      );
    for (let i = 0; i < 120; i += 6) {
      await env.DB.batch(Array.from({ length: 6 }, (_, n) => insert(i + n)));
    }
    const seen: string[] = [];
    let cursor: string | null = "";
    for (let i = 0; cursor !== null && i < 20; i++) {
      const more: string = cursor && `&cursor=${cursor}`;
      const text = await (await as(alice, "GET", `/ghosts?limit=200${more}`)).text();
      expect(new TextEncoder().encode(text).byteLength).toBeLessThan(4.2 * 1024 * 1024);
      const read = page.parse(JSON.parse(text));
      seen.push(...read.items.map(({ metadata }) => metadata.name));
      cursor = read.nextCursor;
    }
    const own = seen.filter((name) => name.startsWith("g-"));
    expect([own.length, new Set(own).size]).toEqual([120, 120]);
    expect(seen).toContain("assistant");
  });

  it("of one namespace hold that only, and a strange cursor is refused", async () => {
    const alice = someone();
    await made(alice, "bots", bot("b"));
    const mine = `/bots?namespace=${encodeURIComponent(alice)}`;
    const { items } = page.parse(await (await as(alice, "GET", mine)).json());
    expect(items.map(({ metadata }) => metadata.name)).toEqual(["b"]);
    for (const query of ["cursor=x", "limit=0", "limit=201", "colour=red", "namespace="]) {
      const response = await as(alice, "GET", `/bots?${query}`);
      expect([response.status, await codeOf(response)]).toEqual([400, "invalid_request"]);
    }
  });
});

it("a namespace holds a thousand resources and no more", async () => {
  const alice = someone();
  const insert = (i: number) =>
    env.DB.prepare(
      `INSERT INTO resources (kind, namespace, name, spec, secrets, refs, version, created_at, updated_at)
      VALUES ('Ghost', ?, ?, '{}', '{}', '[]', 1, '', '')`,
    ).bind(alice, `g-${i}`);
  await env.DB.batch(Array.from({ length: 999 }, (_, i) => insert(i)));
  await made(alice, "bots", bot("last"));
  const response = await as(alice, "POST", "/bots", bot("over"));
  expect(await refusal(response)).toEqual([429, "quota_exceeded"]);
  await as(alice, "DELETE", at("bots", alice, "last"));
  await made(alice, "bots", bot("over"));
});

describe("hostile requests change nothing and are told so", () => {
  it.each<[string, unknown]>([
    ["nothing", {}],
    ["no spec", { metadata: { name: "x" } }],
    ["no metadata", { spec: { systemPrompt: "" } }],
    ["a null", { metadata: { name: "x", labels: null }, spec: { systemPrompt: "" } }],
    ["a null spec", { metadata: { name: "x" }, spec: null }],
    ["an array", []],
    ["another kind", { kind: "Bot", ...ghost("x") }],
    ["more than there is", { ...ghost("x"), status: {} }],
    [
      "its own version",
      { metadata: { name: "x", resourceVersion: "1" }, spec: { systemPrompt: "" } },
    ],
    ["a name with a quote", ghost("x'; DROP TABLE resources; --")],
    ["a name with a path", ghost("../../etc")],
    [
      "labels without end",
      {
        ...ghost("x"),
        metadata: {
          name: "x",
          labels: Object.fromEntries(Array.from({ length: 40 }, (_, i) => [i, ""])),
        },
      },
    ],
    ["a prompt that is too long", ghost("x", { systemPrompt: "x".repeat(32_001) })],
    ["a server without an address", ghost("x", { mcpServers: { a: {} } })],
    ...[
      ["a tool's time past ten minutes", { timeoutMs: 600_001 }],
      ["a tool's time of nothing", { timeoutMs: 0 }],
      ["an approval that is none", { approval: "sometimes" }],
      ["an approval of no names", { approval: { tools: "pay" } }],
      ["a lost call's rule that is none", { onLost: "forget" }],
      ["a server's rule that nobody knows", { retries: 3 }],
    ].map(([name, rule]): [string, unknown] => [
      String(name),
      ghost("x", { mcpServers: { a: { url: "https://a.example", ...Object(rule) } } }),
    ]),
    [
      "too many servers",
      ghost("x", {
        mcpServers: Object.fromEntries(
          Array.from({ length: 21 }, (_, i) => [`s${i}`, { url: "https://a.example" }]),
        ),
      }),
    ],
    ["a prototype", '{"metadata":{"name":"x"},"spec":{"systemPrompt":"","__proto__":{}}}'],
    [
      "a server named as a prototype",
      '{"metadata":{"name":"x"},"spec":{"systemPrompt":"","mcpServers":{"__proto__":{"url":"https://a.example"}}}}',
    ],
  ])("%s", async (_name, body) => {
    const alice = someone();
    const response = await as(alice, "POST", "/ghosts", body);
    const [status, code, ...paths] = await refusal(response);
    expect([status, code]).toEqual([400, "invalid_request"]);
    expect(paths.length).toBeGreaterThan(0);
    const { items } = page.parse(
      await (await as(alice, "GET", `/ghosts?namespace=${encodeURIComponent(alice)}`)).json(),
    );
    expect(items).toEqual([]);
  });

  it.each(["Upper", "a.b", "%00", "..", "x%27", "constructor%20", "__proto__", "a".repeat(64)])(
    "the name %s in a path names nothing",
    async (name) => {
      const alice = someone();
      for (const method of ["GET", "PUT", "DELETE"]) {
        const body = method === "PUT" ? { spec: { systemPrompt: "" } } : undefined;
        const path = `/ghosts/${encodeURIComponent(alice)}/${name}`;
        expect((await as(alice, method, path, body)).status).toBe(404);
      }
    },
  );

  it("a namespace that looks like a member of objects is just somebody else's", async () => {
    for (const namespace of ["__proto__", "constructor", "%2e%2e", "system%00", "%ff"]) {
      expect((await as(someone(), "GET", `/ghosts/${namespace}/assistant`)).status).toBe(404);
    }
  });

  it("a body may not say another name than the path", async () => {
    const alice = someone();
    await made(alice, "ghosts", ghost("r"));
    const body = { ...ghost("s"), metadata: { name: "s", namespace: "bob" } };
    expect(await refusal(await as(alice, "PUT", at("ghosts", alice, "r"), body))).toEqual([
      400,
      "invalid_request",
      "metadata.name",
      "metadata.namespace",
    ]);
  });

  it("a team over 256 KiB is too large", async () => {
    const body = team("t", "system/assistant");
    const padded = { ...body, spec: { ...body.spec, description: "x".repeat(260 * 1024) } };
    const response = await as(someone(), "POST", "/teams", padded);
    expect(await refusal(response)).toEqual([413, "payload_too_large"]);
  });
});
