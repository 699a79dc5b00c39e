import { type ComponentChildren, createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import { createClient, type Taskroom, type UserConnection } from "../../client";
import { type Identity, identityOf } from "../sign-in/identity";

/** Who is signed in, and the ways to the server. */
export type Account = {
  client: Taskroom;
  me: Identity;
  /** `why` is shown on the page that follows. */
  signOut: (why?: string) => void;
};

type Scope = Account & { user: UserConnection };

const Current = createContext<Scope | undefined>(undefined);

export function openAccount(token: string, signOut: (why?: string) => void): Account {
  return {
    client: createClient({ url: location.origin, token }),
    me: identityOf(token),
    signOut,
  };
}

/** Holds the user's own connection for as long as somebody is signed in. */
export function AccountScope(props: { account: Account; children: ComponentChildren }) {
  const { account, children } = props;
  const [user, setUser] = useState<UserConnection>();
  useEffect(() => {
    const connection = account.client.connectUser();
    setUser(connection);
    return () => connection.close();
  }, [account]);
  if (!user) return null;
  return <Current.Provider value={{ ...account, user }}>{children}</Current.Provider>;
}

export function useAccount(): Scope {
  const account = useContext(Current);
  if (!account) throw new Error("outside of an account");
  return account;
}

export const EXPIRED = "Your token has expired or was revoked. Sign in again.";
