import type { ComponentChildren, Ref } from "preact";

type Props = {
  children: ComponentChildren;
  kind?: "plain" | "primary" | "danger" | "quiet";
  type?: "button" | "submit";
  /** At work: it stays where it is and cannot be pressed again. */
  busy?: boolean;
  disabled?: boolean;
  label?: string;
  title?: string;
  buttonRef?: Ref<HTMLButtonElement>;
  onClick?: (event: MouseEvent) => void;
};

export function Button({
  children,
  kind = "plain",
  type = "button",
  busy,
  disabled,
  ...rest
}: Props) {
  const { label, title, buttonRef = null, onClick } = rest;
  return (
    <button
      ref={buttonRef}
      type={type}
      class={`button ${kind}`}
      disabled={disabled || busy}
      aria-busy={busy}
      aria-label={label}
      title={title}
      onClick={onClick}
    >
      {children}
    </button>
  );
}
