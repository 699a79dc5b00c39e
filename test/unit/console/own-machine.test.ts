import { expect, it } from "vitest";
import { isOwnMachine } from "../../../src/console/sign-in/own-machine";

it.each([
  ["localhost", true],
  ["127.0.0.1", true],
  ["[::1]", true],
  ["rooms.localhost", true],
  ["taskroom.example", false],
  ["192.168.1.2", false],
  ["127.0.0.1.example.com", false],
  ["localhost.example.com", false],
])("a link at %s alone signs in: %s", (hostname, does) => {
  expect(isOwnMachine(hostname)).toBe(does);
});
