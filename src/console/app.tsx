import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import { Shell } from "./shell/shell";
import { arrive, takeLinkToken } from "./sign-in/link";
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
  const signOut = useCallback((why?: string) => {
    forgetToken();
    setNotice(why);
    setToken(undefined);
  }, []);
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
