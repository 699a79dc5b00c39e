import type { ComponentChildren } from "preact";
import { usePageTitle } from "./page-title";

type Props = {
  title: string;
  intro?: string;
  actions?: ComponentChildren;
  children: ComponentChildren;
};

/** A page beside the rooms: one column with a heading. */
export function Page({ title, intro, actions, children }: Props) {
  usePageTitle(title);
  return (
    <div class="page stack">
      <header class="row spread">
        <h1>{title}</h1>
        {actions && <div class="row">{actions}</div>}
      </header>
      {intro && <p class="quiet">{intro}</p>}
      {children}
    </div>
  );
}
