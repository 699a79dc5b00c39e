import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { Button } from "./button";

type Props = {
  title: string;
  /** As large as the window lets it be. */
  isWide?: boolean;
  onClose: () => void;
  children: ComponentChildren;
};

/** A modal: the browser keeps the focus inside, and gives it back at the end. */
export function Dialog({ title, isWide, onClose, children }: Props) {
  const place = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => place.current?.showModal(), []);
  return (
    <dialog ref={place} class={isWide ? "wide" : ""} aria-labelledby={id} onClose={onClose}>
      <header class="row spread">
        <h2 id={id}>{title}</h2>
        <Button kind="quiet" label="Close" onClick={() => place.current?.close()}>
          ✕
        </Button>
      </header>
      {children}
    </dialog>
  );
}
