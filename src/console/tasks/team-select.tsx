import { useId } from "preact/hooks";
import { useTeams } from "./use-teams";

type Props = { value: string; onChange: (team: string) => void };

/** Who does the task; those that ship are there before the list has come. */
export function TeamSelect({ value, onChange }: Props) {
  const id = useId();
  const names = useTeams();
  const teams = names.some(({ ref }) => ref === value)
    ? names
    : [{ ref: value, shown: value.slice(value.lastIndexOf("/") + 1) }, ...names];
  return (
    <div class="row">
      <label for={id} class="quiet">
        Team
      </label>
      <select id={id} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {teams.map(({ ref, shown }) => (
          <option key={ref} value={ref}>
            {shown}
          </option>
        ))}
      </select>
    </div>
  );
}
