import { expect, it } from "vitest";
import { TaskroomError } from "../../../src/client";
import { OpenEdit } from "../../../src/console/room/conversation/changes/open-edit";
import { said } from "../../support/said";

it("begins with what the message says, and ends once it is stored", async () => {
  const edit = new OpenEdit();
  edit.begin(said("m1", { content: "How many?" }));
  expect(edit.getSnapshot()?.text).toBe("How many?");
  edit.write("  Which? ");
  const stored: string[] = [];
  const saving = edit.save(async (text) => void stored.push(text));
  expect(edit.getSnapshot()?.isSaving).toBe(true);
  // Pressed twice, it is sent once.
  await edit.save(async (text) => void stored.push(text));
  await saving;
  expect(stored).toEqual(["Which?"]);
  expect(edit.getSnapshot()).toBeUndefined();
});

it("keeps what was refused, with the reason", async () => {
  const edit = new OpenEdit();
  edit.begin(said("m1"));
  edit.write("Which?");
  await edit.save(() => Promise.reject(new TaskroomError("turn_active", "A turn is open.")));
  expect(edit.getSnapshot()).toMatchObject({ text: "Which?", isSaving: false });
  expect(edit.getSnapshot()?.error?.code).toBe("turn_active");
});

it("what became of one edit says nothing of the next", async () => {
  const edit = new OpenEdit();
  edit.begin(said("m1"));
  const answer = Promise.withResolvers<void>();
  const saving = edit.save(() => answer.promise);
  edit.begin(said("m2"));
  answer.resolve();
  await saving;
  expect(edit.getSnapshot()?.messageId).toBe("m2");
  edit.end();
  edit.write("nothing is open");
  expect(edit.getSnapshot()).toBeUndefined();
});
