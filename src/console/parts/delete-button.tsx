import { useState } from "preact/hooks";
import { useAction } from "../state/use-action";
import { Button } from "./button";
import { ConfirmDialog } from "./confirm-dialog";

type Props = {
  /** Of what is deleted, for those who hear only the button. */
  name: string;
  verb: string;
  consequence: string;
  remove: () => Promise<unknown>;
  onRemoved: () => void;
};

/** Deletes, revokes or removes one thing, after a question. */
export function DeleteButton({ name, verb, consequence, remove, onRemoved }: Props) {
  const [asked, setAsked] = useState(false);
  const { run, busy, error, clear } = useAction();
  const close = () => {
    clear();
    setAsked(false);
  };
  const confirm = async () => {
    if (!(await run(remove))) return;
    setAsked(false);
    onRemoved();
  };
  return (
    <>
      <Button label={`${verb} ${name}`} onClick={() => setAsked(true)}>
        {verb}
      </Button>
      {asked && (
        <ConfirmDialog
          title={`${verb} ${name}?`}
          {...{ consequence, verb, busy, error }}
          onConfirm={confirm}
          onClose={close}
        />
      )}
    </>
  );
}
