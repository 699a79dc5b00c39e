import { expect, it } from "vitest";
import { identityOf } from "../../../src/console/sign-in/identity";
import { labelsOf } from "../../../src/console/tasks/labels";

const jwt = (claims: unknown) =>
  `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.signature`;

it("a JWT says whom it speaks for, in any script", () => {
  expect(identityOf(jwt({ sub: "zoë", name: "Zoë 🦉", exp: 1 }))).toEqual({
    userId: "zoë",
    name: "Zoë 🦉",
  });
});

it.each(["trk_abc", "", "a.b.c", jwt(null), jwt({ sub: 7 })])("%j says nothing", (token) => {
  expect(identityOf(token)).toEqual({});
});

it("labels are written as key=value, separated by commas", () => {
  expect(labelsOf("a=1, b = x=y ,, c")).toEqual({ a: "1", b: "x=y", c: "" });
});
