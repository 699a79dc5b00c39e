import { useEffect, useRef } from "preact/hooks";
import { Button } from "../parts/button";
import { Link } from "../routing/link";
import type { Route } from "../routing/route";
import { useAccount } from "../state/account";
import { useSelected } from "../state/use-selected";

type Place = { to: Route; text: string; among: Route["at"][] };

const PLACES: Place[] = [
  { to: { at: "home" }, text: "Tasks", among: ["home", "task"] },
  {
    to: { at: "resources", collection: "teams" },
    text: "Resources",
    among: ["resources", "resource", "new-resource"],
  },
  { to: { at: "webhooks" }, text: "Webhooks", among: ["webhooks", "webhook"] },
  { to: { at: "keys" }, text: "Keys", among: ["keys"] },
  { to: { at: "sessions" }, text: "Sessions", among: ["sessions"] },
  { to: { at: "usage" }, text: "Usage", among: ["usage"] },
];

/** Shown to those whose token says that they may go there. */
const BOARD = { to: { at: "board" }, text: "Board", among: ["board"] } satisfies Place;

export function TopBar({ route }: { route: Route }) {
  const { me, signOut } = useAccount();
  const places = me.scope?.split(" ").includes("admin") ? [...PLACES, BOARD] : PLACES;
  const nav = useRef<HTMLElement>(null);
  // A phone shows a part of them only.
  useEffect(() => {
    nav.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  }, [route.at]);
  return (
    <header class="top-bar">
      <Link to={{ at: "home" }} class="brand" label="Taskroom: tasks">
        <img src="/icon.svg" alt="" width="24" height="24" />
        <span>Taskroom</span>
      </Link>
      <nav aria-label="Console" ref={nav}>
        {places.map(({ to, text, among }) => (
          <Link key={text} to={to} class="nav-link" current={among.includes(route.at)}>
            {text}
          </Link>
        ))}
      </nav>
      <div class="row">
        <Bell current={route.at === "notifications"} />
        <span class="quiet who">{me.name ?? me.userId}</span>
        <Button kind="quiet" onClick={() => signOut()}>
          Sign out
        </Button>
      </div>
    </header>
  );
}

function Bell({ current }: { current: boolean }) {
  const { user } = useAccount();
  const unread = useSelected(user, (snapshot) => snapshot.unread);
  return (
    <Link
      to={{ at: "notifications" }}
      class="bell"
      current={current}
      label={unread > 0 ? `Notifications, ${unread} unread` : "Notifications"}
    >
      <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
        <path
          d="M10 2.5a5 5 0 0 0-5 5v3.2L3.5 13.5h13L15 10.7V7.5a5 5 0 0 0-5-5ZM8 15.5a2 2 0 0 0 4 0"
          fill="none"
          stroke="currentColor"
          stroke-width="1.5"
          stroke-linejoin="round"
        />
      </svg>
      {unread > 0 && <span class="count">{unread > 99 ? "99+" : unread}</span>}
    </Link>
  );
}
