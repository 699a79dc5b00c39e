import { afterEach, describe, expect, it, vi } from "vitest";
import {
  forgetToken,
  keepToken,
  keptToken,
  recoveryStore,
} from "../../../src/console/sign-in/token-store";

/** What of a browser's store is used here: its entries are its own properties. */
class FakeStore {
  [key: string]: unknown;

  getItem(key: string): unknown {
    return this[key] ?? null;
  }
  setItem(key: string, value: string): void {
    this[key] = value;
  }
  removeItem(key: string): void {
    delete this[key];
  }
}

const STORES = ["sessionStorage", "localStorage"] as const;

function has(get: () => unknown): void {
  for (const name of STORES) {
    const store = get();
    vi.stubGlobal(name, store);
  }
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("where a token is kept", () => {
  it("is the tab, or the device for who says so; signing out leaves nothing of ours", () => {
    has(() => new FakeStore());
    sessionStorage.setItem("another's", "stays");
    keepToken("t-1", false);
    recoveryStore("task_1").set("r-1");
    expect([keptToken(), sessionStorage.getItem("taskroom.token")]).toEqual(["t-1", "t-1"]);
    keepToken("t-2", true);
    expect([keptToken(), localStorage.getItem("taskroom.token")]).toEqual(["t-2", "t-2"]);
    expect(Object.keys(sessionStorage)).toEqual(["another's"]);
    forgetToken();
    expect(keptToken()).toBeUndefined();
  });

  it("is nowhere in a browser that keeps nothing of a site, and the page works all the same", () => {
    const own = STORES.map((name) => Object.getOwnPropertyDescriptor(globalThis, name));
    const get = () => {
      throw new DOMException("The operation is insecure.", "SecurityError");
    };
    for (const name of STORES) Object.defineProperty(globalThis, name, { get, configurable: true });
    keepToken("t-1", false);
    keepToken("t-1", true);
    expect(keptToken()).toBeUndefined();
    expect(recoveryStore("task_1").get()).toBeUndefined();
    forgetToken();
    STORES.forEach((name, i) => {
      const before = own[i];
      if (before) Object.defineProperty(globalThis, name, before);
      else Reflect.deleteProperty(globalThis, name);
    });
  });

  it("may be full: who is signed in is so until the page goes", () => {
    has(() =>
      Object.assign(new FakeStore(), {
        setItem: () => {
          throw new DOMException("full", "QuotaExceededError");
        },
      }),
    );
    keepToken("t-1", true);
    expect(keptToken()).toBeUndefined();
  });
});
