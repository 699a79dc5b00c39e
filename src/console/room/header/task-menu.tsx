import { useState } from "preact/hooks";
import type { Task } from "../../../client";
import { Button } from "../../parts/button";
import { ConfirmDialog } from "../../parts/confirm-dialog";
import { Menu } from "../../parts/menu";
import { navigate } from "../../routing/navigate";
import { useAccount } from "../../state/account";
import { useAction } from "../../state/use-action";
import { MembersDialog } from "./members-dialog";
import { RenameDialog } from "./rename-dialog";

type Shown = "members" | "rename" | "cancel" | "delete";

/** What can be done with the task as a whole. */
export function TaskMenu({ task }: { task: Task }) {
  const { client } = useAccount();
  const [shown, setShown] = useState<Shown>();
  const { run, busy, error, clear } = useAction();
  const { id, title, role } = task;
  const show = (next: Shown) => {
    clear();
    setShown(next);
  };
  const close = () => setShown(undefined);
  const remove = async () => {
    if (await run(() => client.tasks.delete(id))) navigate({ at: "home" });
  };
  const cancel = async () => {
    if (await run(() => client.tasks.cancel(id))) close();
  };
  return (
    <>
      <Menu name="Task">
        <Button onClick={() => show("members")}>Members</Button>
        {role !== "viewer" && <Button onClick={() => show("rename")}>Rename</Button>}
        {role !== "viewer" && task.status !== "CANCELLED" && (
          <Button onClick={() => show("cancel")}>Cancel task</Button>
        )}
        {role === "owner" && <Button onClick={() => show("delete")}>Delete</Button>}
      </Menu>
      {shown === "members" && <MembersDialog task={task} onClose={close} />}
      {shown === "rename" && <RenameDialog task={task} onClose={close} />}
      {shown === "cancel" && (
        <ConfirmDialog
          title="Cancel this task?"
          consequence="Whatever it does is stopped, and it takes no more messages. Its history stays."
          verb="Cancel task"
          {...{ busy, error }}
          onConfirm={cancel}
          onClose={close}
        />
      )}
      {shown === "delete" && (
        <ConfirmDialog
          title="Delete this task?"
          consequence={`“${title}” and everything said in it are erased, for all its members.`}
          verb="Delete"
          {...{ busy, error }}
          onConfirm={remove}
          onClose={close}
        />
      )}
    </>
  );
}
