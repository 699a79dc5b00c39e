import { useEffect, useRef } from "preact/hooks";
import { KeysPage } from "../keys/keys-page";
import { NotificationsPage } from "../notifications/notifications-page";
import { Toasts } from "../notifications/toasts";
import { LazyPage } from "../parts/lazy-page";
import { Page } from "../parts/page";
import { NewResourcePage } from "../resources/new-resource-page";
import { ResourcePage } from "../resources/resource-page";
import { ResourcesPage } from "../resources/resources-page";
import { RoomPage } from "../room/room-page";
import { Link } from "../routing/link";
import { useRoute } from "../routing/navigate";
import type { Route } from "../routing/route";
import { SessionsPage } from "../sessions/sessions-page";
import { HomePage } from "../tasks/home-page";
import { TaskSidebar } from "../tasks/task-sidebar";
import { UsagePage } from "../usage/usage-page";
import { DeliveriesPage } from "../webhooks/deliveries-page";
import { WebhooksPage } from "../webhooks/webhooks-page";
import { TopBar } from "./top-bar";

const loadBoard = async () => (await import("../board/board-page")).BoardPage;
const loadSearch = async () => (await import("../search/search-page")).SearchPage;

/** The frame of every page: the bar, the tasks beside a room, the page itself. */
export function Shell() {
  const route = useRoute();
  const inTasks = route.at === "home" || route.at === "task";
  const main = useRef<HTMLElement>(null);
  const place = JSON.stringify({ ...route, view: undefined });
  const first = useRef(place);
  useEffect(() => {
    // Whoever uses a keyboard or a screen reader goes on in the page that has just come.
    if (first.current !== place && !main.current?.contains(document.activeElement)) {
      main.current?.focus();
    }
    first.current = place;
  }, [place]);
  return (
    <div class={`shell at-${route.at} ${inTasks ? "with-tasks" : ""}`}>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <TopBar route={route} />
      {inTasks && <TaskSidebar current={route.at === "task" ? route.taskId : undefined} />}
      <main id="main" ref={main} tabIndex={-1}>
        <View route={route} />
      </main>
      <Toasts />
    </div>
  );
}

function View({ route }: { route: Route }) {
  switch (route.at) {
    case "home":
      return <HomePage />;
    case "task":
      return <RoomPage key={route.taskId} taskId={route.taskId} view={route.view} />;
    case "resources":
      return <ResourcesPage key={route.collection} collection={route.collection} />;
    case "new-resource":
      return <NewResourcePage key={route.collection} collection={route.collection} />;
    case "resource": {
      const { collection, namespace, name } = route;
      return <ResourcePage key={`${collection}/${namespace}/${name}`} {...route} />;
    }
    case "search":
      return <LazyPage key="search" title="Search" load={loadSearch} />;
    case "webhooks":
      return <WebhooksPage />;
    case "webhook":
      return <DeliveriesPage key={route.webhookId} webhookId={route.webhookId} />;
    case "keys":
      return <KeysPage />;
    case "sessions":
      return <SessionsPage />;
    case "usage":
      return <UsagePage />;
    case "notifications":
      return <NotificationsPage />;
    case "board":
      return <LazyPage key="board" title="Board" load={loadBoard} />;
    case "nowhere":
      return (
        <Page title="Nothing is here">
          <p>
            <Link to={{ at: "home" }}>To the tasks</Link>
          </p>
        </Page>
      );
  }
}
