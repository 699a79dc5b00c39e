import { describe, expect, it } from "vitest";
import { type StoredFile, TaskroomError, type UploadOptions } from "../../../../src/client";
import { Attachments } from "../../../../src/console/room/files/attachments";
import { LIMITS } from "../../../../src/protocol/limits";

type Upload = {
  name: string;
  options: UploadOptions;
  store: (id: string) => Promise<void>;
  refuse: (failure: unknown) => Promise<void>;
};

/** A server whose answers are given by hand. */
function heldServer() {
  const uploads: Upload[] = [];
  const deleted: string[] = [];
  const server = {
    upload: (blob: Blob, options: UploadOptions = {}) => {
      const { promise, resolve, reject } = Promise.withResolvers<StoredFile>();
      const name = blob instanceof File ? blob.name : "";
      const rest = { mediaType: "text/plain", size: blob.size, sha256: "0".repeat(64) };
      const store = async (id: string) => {
        resolve({ id, name, ...rest, createdAt: "2030-01-01T00:00:00.000Z" });
        await promise;
      };
      const refuse = async (failure: unknown) => {
        reject(failure);
        await promise.catch(() => undefined);
      };
      uploads.push({ name, options, store, refuse });
      return promise;
    },
    delete: async (id: string) => {
      deleted.push(id);
    },
  };
  const add = (attachments: Attachments, ...names: string[]) =>
    attachments.add({ files: names.map((name) => new File(["words"], name)), folders: [] });
  return { server, uploads, deleted, add };
}

function shown(attachments: Attachments) {
  return attachments.getSnapshot().pending.map(({ file, fileId }) => `${file.name} ${fileId}`);
}

describe("files that go with a message", () => {
  it("are stored as they come, each for itself, and stay in the order in which they came", async () => {
    const { server, uploads, add } = heldServer();
    const attachments = new Attachments(server);
    let heard = 0;
    const stop = attachments.subscribe(() => heard++);
    add(attachments, "a", "b");
    uploads[0]?.options.onProgress?.(3, 5);
    expect(attachments.getSnapshot().pending[0]?.sent).toBe(3);
    await uploads[1]?.store("file_b");
    expect(shown(attachments)).toEqual(["a undefined", "b file_b"]);
    await uploads[0]?.store("file_a");
    expect(shown(attachments)).toEqual(["a file_a", "b file_b"]);
    stop();
    const before = heard;
    add(attachments, "c");
    expect(heard).toBe(before);
  });

  it("that are taken away are given up, or erased where they are stored", async () => {
    const { server, uploads, deleted, add } = heldServer();
    const attachments = new Attachments(server);
    add(attachments, "a", "b");
    await uploads[1]?.store("file_b");
    for (const { key } of attachments.getSnapshot().pending) attachments.remove(key);
    expect(uploads[0]?.options.signal?.aborted).toBe(true);
    await uploads[0]?.refuse(uploads[0].options.signal?.reason);
    expect(deleted).toEqual(["file_b"]);
    expect(shown(attachments)).toEqual([]);
  });

  it("are put back before what has come meanwhile, where the message did not go", async () => {
    const { server, uploads, add } = heldServer();
    const attachments = new Attachments(server);
    add(attachments, "a");
    await uploads[0]?.store("file_a");
    const taken = attachments.take();
    expect(shown(attachments)).toEqual([]);
    add(attachments, "b");
    attachments.putBack(taken);
    expect(shown(attachments)).toEqual(["a file_a", "b undefined"]);
  });

  it("that failed are tried again once at a time", async () => {
    const { server, uploads, add } = heldServer();
    const attachments = new Attachments(server);
    add(attachments, "a");
    const key = attachments.getSnapshot().pending[0]?.key ?? -1;
    await uploads[0]?.refuse(new TaskroomError("network", "No answer."));
    expect(attachments.getSnapshot().pending[0]?.refusal?.words).toEqual(["No answer."]);
    attachments.again(key);
    attachments.again(key);
    expect(attachments.getSnapshot().pending[0]?.refusal).toBeUndefined();
    expect(uploads).toHaveLength(2);
    await uploads[1]?.store("file_a");
    expect(shown(attachments)).toEqual(["a file_a"]);
  });

  it("are at most as many as a message carries, however they come", () => {
    const { server, uploads, add } = heldServer();
    const attachments = new Attachments(server);
    for (let i = 0; i < LIMITS.attachments + 2; i++) add(attachments, `${i}`);
    expect(attachments.getSnapshot().pending).toHaveLength(LIMITS.attachments);
    expect(attachments.getSnapshot().notice).toContain("Left out: 11");
    expect(uploads).toHaveLength(LIMITS.attachments);
  });

  it("are given up where nobody writes any more", () => {
    const { server, uploads, add } = heldServer();
    const attachments = new Attachments(server);
    add(attachments, "a");
    attachments.close();
    expect(uploads[0]?.options.signal?.aborted).toBe(true);
  });
});

it("a service that keeps no files is asked once, and says so whenever files come", async () => {
  const { server, uploads, add } = heldServer();
  const attachments = new Attachments(server);
  expect(attachments.getSnapshot().isOn).toBe(true);
  add(attachments, "a");
  await uploads[0]?.refuse(new TaskroomError("files_not_configured", "It keeps no files."));
  const off = { pending: [], notice: "It keeps no files.", isOn: false };
  expect(attachments.getSnapshot()).toEqual(off);
  const next = new Attachments(server);
  expect(next.getSnapshot()).toEqual({ ...off, notice: undefined });
  add(next, "b");
  expect(next.getSnapshot()).toEqual(off);
  expect(uploads).toHaveLength(1);
});
