import type { UsageReport } from "../../client";
import { Listing } from "../parts/listing";
import { Page } from "../parts/page";
import { useAccount } from "../state/account";
import { usePages } from "../state/use-pages";

export function UsagePage() {
  const { client } = useAccount();
  const pages = usePages<UsageReport>("usage", async () => ({
    items: [await client.usage()],
    nextCursor: null,
  }));
  return (
    <Page title="Usage" intro="Turns and tokens of yours; days and months are those of UTC.">
      {pages.error?.code === "not_found" ? (
        <p class="quiet">This server does not count usage.</p>
      ) : (
        <Listing pages={pages} empty="">
          {([usage]) => usage && <UsageTable usage={usage} />}
        </Listing>
      )}
    </Page>
  );
}

function UsageTable({ usage: { today, month, limits } }: { usage: UsageReport }) {
  const rows = [
    { name: "Turns", today: today.turns, limit: limits.turnsPerDay, month: month.turns },
    { name: "Tokens", today: today.tokens, limit: limits.tokensPerDay, month: month.tokens },
  ];
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">
            <span class="sr-only">Counted</span>
          </th>
          <th scope="col">Today</th>
          <th scope="col">Limit a day</th>
          <th scope="col">This month</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.name}>
            <th scope="row">{row.name}</th>
            <td>
              {row.today.toLocaleString()}
              {row.limit > 0 && (
                <progress max={row.limit} value={row.today} aria-label={`${row.name} of today`} />
              )}
            </td>
            <td>{row.limit > 0 ? row.limit.toLocaleString() : "none"}</td>
            <td>{row.month.toLocaleString()}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
