import type { ComponentChildren } from "preact";
import { navigate } from "./navigate";
import { pathOf, type Route } from "./route";

type Props = {
  to: Route;
  children: ComponentChildren;
  class?: string;
  /** Marks where one is. */
  current?: boolean;
  label?: string;
};

export function Link({ to, children, current, label, ...rest }: Props) {
  const follow = (event: MouseEvent) => {
    // Another tab, another window, a download: the browser's own affair.
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
      return;
    event.preventDefault();
    navigate(to);
  };
  return (
    <a
      {...rest}
      href={pathOf(to)}
      aria-current={current ? "page" : undefined}
      aria-label={label}
      onClick={follow}
    >
      {children}
    </a>
  );
}
