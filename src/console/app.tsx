import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Shell } from "./shell/shell";
import { arrive, takeLinkToken } from "./sign-in/link";
import { answerOtherTabs, askOtherTabs, tellOtherTabs } from "./sign-in/other-tabs";
import { isOwnMachine } from "./sign-in/own-machine";
import { SignIn } from "./sign-in/sign-in";
import { forgetToken, keepToken } from "./sign-in/token-store";
import { AccountScope, openAccount } from "./state/account";

/** Signed in or not: with a token everything is the shell's. */
export function App() {
  const [{ token: first, offered }] = useState(arrive);
  const [token, setToken] = useState(first);
  const [notice, setNotice] = useState<string>();
  const signIn = useCallback((next: string, lasting: boolean) => {
    keepToken(next, lasting);
    setNotice(undefined);
    setToken(next);
  }, []);
  const signOut = useCallback(
    (why?: string) => {
      // What has run out here is for the other tabs to find out; who leaves, leaves everywhere.
      if (token && why === undefined) tellOtherTabs(token);
      forgetToken();
      setNotice(why);
      setToken(undefined);
    },
    [token],
  );
  useOtherTabs(token, notice === undefined, {
    onToken: (next) => signIn(next, false),
    onLeft: () => {
      forgetToken();
      setToken(undefined);
    },
  });
  useEffect(() => {
    // A link that is pasted into an open console loads no page.
    const follow = () => {
      const link = takeLinkToken();
      if (link !== undefined && isOwnMachine(location.hostname)) signIn(link, false);
    };
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, [signIn]);
  const account = useMemo(() => token && openAccount(token, signOut), [token, signOut]);
  if (!account) return <SignIn notice={notice} offered={offered} onToken={signIn} />;
  return (
    <AccountScope key={token} account={account}>
      <Shell />
    </AccountScope>
  );
}

type Doors = { onToken: (token: string) => void; onLeft: () => void };

/** A tab that is opened beside one in which somebody is signed in is signed in too. */
function useOtherTabs(token: string | undefined, isFresh: boolean, doors: Doors): void {
  const latest = useRef(doors);
  latest.current = doors;
  const hadOne = useRef(false);
  useEffect(() => {
    if (token) {
      hadOne.current = true;
      return answerOtherTabs(token, () => latest.current.onLeft());
    }
    // Who has signed out here does not want to be back.
    if (hadOne.current || !isFresh) return undefined;
    return askOtherTabs((next) => latest.current.onToken(next));
  }, [token, isFresh]);
}
