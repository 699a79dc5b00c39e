import { useCallback, useMemo, useState } from "preact/hooks";
import { Shell } from "./shell/shell";
import { SignIn } from "./sign-in/sign-in";
import { forgetToken, keepToken, keptToken } from "./sign-in/token-store";
import { AccountScope, openAccount } from "./state/account";

/** Signed in or not: with a token everything is the shell's. */
export function App() {
  const [token, setToken] = useState(keptToken);
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
  const account = useMemo(() => token && openAccount(token, signOut), [token, signOut]);
  if (!account) return <SignIn notice={notice} onToken={signIn} />;
  return (
    <AccountScope key={token} account={account}>
      <Shell />
    </AccountScope>
  );
}
