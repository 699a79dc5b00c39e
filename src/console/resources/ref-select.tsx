import type { Collection } from "../../client";
import type { ControlProps } from "../parts/field";
import { useResourceNames } from "./use-resource-names";

type Props = {
  own: Omit<ControlProps, "id"> & { id?: string; "aria-label"?: string };
  to: Collection;
  /** `namespace/name`, empty where none is named. */
  value: string;
  /** Meant where none is named; without it one has to be. */
  byDefault?: string | undefined;
  disabled: boolean;
  onChange: (ref: string | undefined) => void;
};

/** Chooses one of the resources of a kind; where there are more than a list can hold, it is written. */
export function RefSelect({ own, to, value, byDefault, disabled, onChange }: Props) {
  const { names, isAll } = useResourceNames(to);
  if (names.length > 0 && !isAll) {
    return (
      <input
        {...own}
        disabled={disabled}
        spellcheck={false}
        placeholder={byDefault ?? "namespace/name"}
        value={value}
        onInput={({ currentTarget }) => onChange(currentTarget.value || undefined)}
      />
    );
  }
  const isListed = value === "" || names.some(({ ref }) => ref === value);
  return (
    <select
      {...own}
      disabled={disabled}
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value || undefined)}
    >
      <option value="">{byDefault === undefined ? "(choose one)" : `(${byDefault})`}</option>
      {/* What is referred to stays shown, also where it is gone or not for these eyes. */}
      {!isListed && <option value={value}>{value}</option>}
      {names.map(({ ref, shown }) => (
        <option key={ref} value={ref}>
          {shown}
        </option>
      ))}
    </select>
  );
}
