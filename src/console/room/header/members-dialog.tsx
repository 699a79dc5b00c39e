import { useState } from "preact/hooks";
import type { Role, Task } from "../../../client";
import { Button } from "../../parts/button";
import { Dialog } from "../../parts/dialog";
import { Field } from "../../parts/field";
import { Listing } from "../../parts/listing";
import { Problem } from "../../parts/problem";
import { useAccount } from "../../state/account";
import { useAction } from "../../state/use-action";
import { usePages } from "../../state/use-pages";

const ROLES: { role: Role; may: string }[] = [
  { role: "editor", may: "editor: sends, stops, confirms" },
  { role: "viewer", may: "viewer: watches" },
  { role: "owner", may: "owner: everything" },
];

/** Whom the task is shared with. */
export function MembersDialog({ task, onClose }: { task: Task; onClose: () => void }) {
  const { client, me } = useAccount();
  const members = usePages(`members ${task.id}`, () => client.tasks.members(task.id));
  const action = useAction();
  const mayChange = task.role === "owner";
  const owners = members.items?.filter(({ role }) => role === "owner").length;
  const change = async (work: () => Promise<unknown>) => {
    if (await action.run(work)) members.reload();
  };
  return (
    <Dialog title="Members" onClose={onClose}>
      <Listing pages={members} empty="Nobody.">
        {(items) => (
          <ul class="plain-list">
            {items.map(({ userId, role }) => (
              <li key={userId} class="row spread">
                <span>
                  <strong>{userId}</strong> {userId === me.userId && "(you)"}
                </span>
                <span class="row">
                  <span class="quiet">{role}</span>
                  {/* The last owner stays. */}
                  {(mayChange || userId === me.userId) && (role !== "owner" || owners !== 1) && (
                    <Button
                      label={`Remove ${userId}`}
                      busy={action.busy}
                      onClick={() => change(() => client.tasks.dropMember(task.id, userId))}
                    >
                      {userId === me.userId ? "Leave" : "Remove"}
                    </Button>
                  )}
                </span>
              </li>
            ))}
          </ul>
        )}
      </Listing>
      <Problem error={action.error} />
      {mayChange && (
        <InviteForm
          busy={action.busy}
          onInvite={(userId, role) =>
            change(() => client.tasks.putMember(task.id, { userId, role }))
          }
        />
      )}
    </Dialog>
  );
}

type InviteProps = { busy: boolean; onInvite: (userId: string, role: Role) => void };

function InviteForm({ busy, onInvite }: InviteProps) {
  const [userId, setUserId] = useState("");
  const [role, setRole] = useState<Role>("editor");
  const submit = (event: Event) => {
    event.preventDefault();
    onInvite(userId.trim(), role);
    setUserId("");
  };
  return (
    <form class="stack" onSubmit={submit}>
      <Field label="Share with" hint="Their user id, as their token names it.">
        {(control) => (
          <input
            {...control}
            required
            maxLength={255}
            value={userId}
            onInput={(event) => setUserId(event.currentTarget.value)}
          />
        )}
      </Field>
      <div class="row spread">
        <select
          aria-label="Role"
          value={role}
          onChange={(event) => {
            const { value } = event.currentTarget;
            setRole(ROLES.find((known) => known.role === value)?.role ?? "viewer");
          }}
        >
          {ROLES.map((known) => (
            <option key={known.role} value={known.role}>
              {known.may}
            </option>
          ))}
        </select>
        <Button kind="primary" type="submit" busy={busy}>
          Share
        </Button>
      </div>
    </form>
  );
}
