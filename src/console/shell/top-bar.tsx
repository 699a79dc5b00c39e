import { Button } from "../parts/button";
import { Menu } from "../parts/menu";
import { Link } from "../routing/link";
import type { Route } from "../routing/route";
import { useAccount } from "../state/account";
import { useSelected } from "../state/use-selected";
import { useWaiting } from "../tasks/use-waiting";

type Place = { to: Route; text: string; among: Route["at"][] };

const PLACES: Place[] = [
  { to: { at: "home" }, text: "Tasks", among: ["home", "task"] },
  { to: { at: "search" }, text: "Search", among: ["search"] },
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
  return (
    <header class="top-bar">
      <Link to={{ at: "home" }} class="brand" label="Taskroom: tasks">
        <img src="/icon.svg" alt="" width="24" height="24" />
        <span>Taskroom</span>
      </Link>
      <nav aria-label="Console" class="wide-only">
        <Places route={route} />
      </nav>
      <div class="row">
        <WaitingLink />
        <Bell current={route.at === "notifications"} />
        <span class="quiet who">{me.name ?? me.userId}</span>
        <span class="wide-only">
          <Button kind="quiet" onClick={() => signOut()}>
            Sign out
          </Button>
        </span>
        <Menu name="Menu" class="phone-only">
          <nav aria-label="Console">
            <Places route={route} />
          </nav>
          <Button onClick={() => signOut()}>Sign out</Button>
        </Menu>
      </div>
    </header>
  );
}

function Places({ route }: { route: Route }) {
  const { me } = useAccount();
  const places = me.scope?.split(" ").includes("admin") ? [...PLACES, BOARD] : PLACES;
  return (
    <>
      {places.map(({ to, text, among }) => (
        <Link key={text} to={to} class="nav-link" current={among.includes(route.at)}>
          {text}
        </Link>
      ))}
    </>
  );
}

/** To the newest of the tasks that wait for the user; there is none of it where none does. */
function WaitingLink() {
  const waiting = useWaiting();
  const [first] = waiting;
  if (!first) return null;
  return (
    <Link
      to={{ at: "task", taskId: first.id, view: "conversation" }}
      class="badge warn waiting"
      label={`${waiting.length} waiting for you`}
    >
      {waiting.length} waiting
    </Link>
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
