import { Window } from "happy-dom";
import { createElement, type ReactNode, StrictMode } from "react";
import type { Root } from "react-dom/client";
import { afterAll, afterEach, beforeAll, vi } from "vitest";
import { createClient, type Taskroom } from "../../../src/client";
import { TaskroomProvider } from "../../../src/client-react";
import { FakeWire } from "../../support/fake-wire";

export const URL_OF_SERVER = "https://taskroom.test";

/** A client on a wire of its own. */
export function onWire(token: string | (() => Promise<string>) = "t-1") {
  const wire = new FakeWire();
  const { WebSocket, fetch } = wire;
  return { wire, client: createClient({ url: URL_OF_SERVER, token, WebSocket, fetch }) };
}

/** As a person types: React looks whether the value is another than the one that it has set. */
export function write(input: HTMLInputElement, text: string): void {
  const { set } = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(input), "value") ?? {};
  set?.call(input, text);
  input.dispatchEvent(eventOf("input"));
}

export function submitted(): Event {
  return eventOf("submit");
}

/** Of the page's own window. */
function eventOf(type: string): Event {
  const { Event } = (globalThis as unknown as { window: Window }).window;
  return new Event(type, { bubbles: true, cancelable: true }) as unknown as Event;
}

/** One page for a file of tests: React looks for it when it is loaded. */
export function onPage() {
  const window = new Window();
  const mounted = new Set<Mounted>();
  let react: typeof import("react-dom/client");
  let act: typeof import("react").act;
  beforeAll(async () => {
    vi.stubGlobal("window", window);
    vi.stubGlobal("document", window.document);
    vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
    react = await import("react-dom/client");
    ({ act } = await import("react"));
  });
  afterEach(async () => {
    for (const one of [...mounted]) await one.unmount();
  });
  afterAll(() => vi.unstubAllGlobals());

  class Mounted {
    readonly #root: Root;
    readonly place: HTMLElement;

    constructor(root: Root, place: HTMLElement) {
      this.#root = root;
      this.place = place;
      mounted.add(this);
    }

    /** In StrictMode, as apps are while they are written. */
    async show(client: Taskroom, children: ReactNode): Promise<void> {
      const page = createElement(TaskroomProvider, { client }, children);
      await act(async () => this.#root.render(createElement(StrictMode, null, page)));
    }

    async unmount(): Promise<void> {
      mounted.delete(this);
      await act(async () => this.#root.unmount());
      // What is left is closed after a turn of the loop.
      await act(async () => new Promise((resolve) => setTimeout(resolve)));
    }
  }

  const newPlace = (): HTMLElement => {
    const place = window.document.createElement("div");
    window.document.body.append(place);
    // The page's own elements have what React asks of them.
    return place as unknown as HTMLElement;
  };

  return {
    mount: () => {
      const place = newPlace();
      return new Mounted(react.createRoot(place), place);
    },
    /** On what a server has rendered; complaints are what React finds different. */
    hydrate: async (html: string, client: Taskroom, children: ReactNode) => {
      const place = newPlace();
      place.innerHTML = html;
      const complaints: unknown[] = [];
      const page = createElement(TaskroomProvider, { client }, children);
      const root = await act(async () =>
        react.hydrateRoot(place, createElement(StrictMode, null, page), {
          onRecoverableError: (error) => void complaints.push(error),
        }),
      );
      return { mounted: new Mounted(root, place), complaints };
    },
    /** Whatever happens in it, React has shown it at its end. */
    during: (work: () => void | Promise<void>) => act(async () => work()),
  };
}
