import type { TaskroomError } from "../../client";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { Problem } from "./problem";

type Props = {
  title: string;
  /** What will have happened afterwards. */
  consequence: string;
  verb: string;
  busy?: boolean;
  error?: TaskroomError | undefined;
  onConfirm: () => void;
  onClose: () => void;
};

/** Asked before what cannot be undone. */
export function ConfirmDialog(props: Props) {
  const { title, consequence, verb, busy = false, error, onConfirm, onClose } = props;
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{consequence}</p>
      <Problem error={error} />
      <div class="row end">
        <Button onClick={onClose}>Keep</Button>
        <Button kind="danger" busy={busy} onClick={onConfirm}>
          {verb}
        </Button>
      </div>
    </Dialog>
  );
}
