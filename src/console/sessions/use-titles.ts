import { useEffect, useState } from "preact/hooks";
import { useAccount } from "../state/account";
import { asTaskroomError } from "../state/use-action";

const NEWEST = 200;

/** Titles of the user's newest tasks, by id. */
export function useTitles(): ReadonlyMap<string, string> {
  const { client } = useAccount();
  const [titles, setTitles] = useState<ReadonlyMap<string, string>>(new Map());
  useEffect(() => {
    client.tasks.list({ limit: NEWEST }).then(({ items }) => {
      setTitles(new Map(items.map(({ id, title }) => [id, title])));
    }, asTaskroomError);
  }, [client]);
  return titles;
}
