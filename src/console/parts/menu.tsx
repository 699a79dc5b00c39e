import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

type Props = { name: string; class?: string; children: ComponentChildren };

/** A button with a list under it, which goes when something of it, or beside it, is pressed. */
export function Menu({ name, children, ...rest }: Props) {
  const menu = useRef<HTMLDetailsElement>(null);
  const close = () => menu.current?.removeAttribute("open");
  useEffect(() => {
    const onPress = ({ target }: PointerEvent) => {
      if (!(target instanceof Node && menu.current?.contains(target))) close();
    };
    addEventListener("pointerdown", onPress);
    return () => removeEventListener("pointerdown", onPress);
  }, []);
  return (
    <details
      class={`menu ${rest.class ?? ""}`}
      ref={menu}
      onKeyDown={(event) => event.key === "Escape" && close()}
    >
      <summary class="button plain">{name}</summary>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: Enter on a button or a link is a click */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: what is pressed is in it */}
      <div class="menu-items" onClick={close}>
        {children}
      </div>
    </details>
  );
}
