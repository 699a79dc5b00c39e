import { expect, it } from "vitest";
import { placeOf } from "../../../src/worker/place";

it.each([
  [{ continent: "EU", country: "DE", longitude: "8.68" }, "weur"],
  [{ continent: "EU", country: "PL", longitude: "21.01" }, "eeur"],
  [{ continent: "EU" }, "weur"],
  [{ continent: "EU", longitude: "far" }, "weur"],
  [{ continent: "NA", country: "US", longitude: "-122.41" }, "wnam"],
  [{ continent: "NA", country: "US", longitude: "-74.00" }, "enam"],
  [{ continent: "SA" }, "sam"],
  [{ continent: "AS", country: "JP" }, "apac"],
  [{ continent: "AS", country: "AE" }, "me"],
  [{ continent: "OC" }, "oc"],
  [{ continent: "AF" }, "afr"],
  [{ continent: "AN" }, undefined],
  [{ continent: "XX" }, undefined],
  [{ continent: 7 }, undefined],
  [{}, undefined],
  [undefined, undefined],
  [null, undefined],
])("a request from %j comes from %s", (cf, place) => {
  expect(placeOf(cf)).toBe(place);
});
