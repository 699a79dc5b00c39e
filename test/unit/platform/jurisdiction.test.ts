import { describe, expect, it } from "vitest";
import { inJurisdiction } from "../../../src/platform/jurisdiction";

type Names = { place: string; jurisdiction(place: string): Names };

/** Names as production has them, or as local workerd does. */
function names(refusal?: string): Names {
  const made = (place: string): Names => ({
    place,
    jurisdiction: (other) => {
      if (refusal !== undefined) throw new Error(refusal);
      return made(other);
    },
  });
  return made("anywhere");
}

const LOCAL = "Jurisdiction restrictions are not implemented in workerd.";

describe("objects are where the setting says", () => {
  it.each([
    [undefined, "anywhere"],
    ["", "anywhere"],
    ["eu", "eu"],
    ["fedramp-high", "fedramp-high"],
  ])("%s: %s", (JURISDICTION, place) => {
    expect(inJurisdiction({ JURISDICTION }, names()).place).toBe(place);
  });

  it("on a laptop in its one place", () => {
    expect(inJurisdiction({ JURISDICTION: "eu" }, names(LOCAL)).place).toBe("anywhere");
  });

  it("and nowhere else: neither an unknown one nor a refusal is passed over", () => {
    expect(() => inJurisdiction({ JURISDICTION: "atlantis" }, names())).toThrow();
    expect(() => inJurisdiction({ JURISDICTION: "eu" }, names("not for this account"))).toThrow();
  });
});
