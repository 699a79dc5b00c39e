import { describe, expect, it } from "vitest";
import { checkTarget } from "../../../src/platform/target";

const PUBLIC = [
  "https://example.com/v1",
  "https://example.com:8443/",
  "https://8.8.8.8/",
  "https://172.15.255.255/",
  "https://172.32.0.1/",
  "https://100.63.255.255/",
  "https://169.253.0.1/",
  "https://[2606:4700::1111]/",
  "https://[::ffff:8.8.8.8]/",
  "https://[64:ff9b::808:808]/",
  "https://[2002:808:808::]/",
  "https://localhost.example.com/",
  "https://mylocal.dev/",
];

const PRIVATE = [
  "https://localhost/",
  "https://LOCALHOST./",
  "https://api.localhost/",
  "https://metadata.google.internal/",
  "https://printer.local/",
  "https://printer.local./",
  "https://router.home.arpa/",
  "https://intranet/",
  "https://127.0.0.1/",
  "https://127.0.0.1./",
  "https://127.1/",
  "https://2130706433/",
  "https://0x7f000001/",
  "https://0x7f.1/",
  "https://0177.0.0.1/",
  "https://017700000001/",
  "https://１２７.０.０.１/",
  "https://%31%32%37.0.0.1/",
  "https://0/",
  "https://0.0.0.0/",
  "https://10.1.2.3/",
  "https://172.16.0.1/",
  "https://172.31.255.255/",
  "https://192.168.1.1/",
  "https://0300.0250.1.1/",
  "https://169.254.169.254/latest/meta-data/",
  "https://2852039166/",
  "https://100.64.0.1/",
  "https://198.18.0.1/",
  "https://224.0.0.1/",
  "https://255.255.255.255/",
  "https://[::]/",
  "https://[::1]/",
  "https://[0:0:0:0:0:0:0:1]/",
  "https://[::ffff:127.0.0.1]/",
  "https://[::ffff:7f00:1]/",
  "https://[0:0:0:0:0:ffff:10.0.0.1]/",
  "https://[::127.0.0.1]/",
  "https://[64:ff9b::7f00:1]/",
  "https://[64:ff9b::169.254.169.254]/",
  "https://[64:ff9b:1::1]/",
  "https://[2002:7f00:1::]/",
  "https://[2002:a9fe:a9fe::1]/",
  "https://[2001:0:0:1::1]/",
  "https://[2001:db8::1]/",
  "https://[fc00::1]/",
  "https://[fd12:3456::1]/",
  "https://[fe80::1]/",
  "https://[fec0::1]/",
  "https://[ff02::1]/",
];

describe("an address that a user gave", () => {
  it.each(PUBLIC)("may be called: %s", (url) => {
    expect(checkTarget(url, { allowPrivate: false })).toMatchObject({ ok: true });
  });

  it.each(PRIVATE)("may not be called when it is private: %s", (url) => {
    const refused = { ok: false, reason: "must be a public address" };
    expect(checkTarget(url, { allowPrivate: false })).toEqual(refused);
    expect(checkTarget(url, { allowPrivate: true })).toMatchObject({ ok: true });
  });

  it.each(["http://example.com/", "ftp://example.com/", "file:///etc/passwd", "data:,x"])(
    "must be https: %s",
    (url) => {
      const refused = { ok: false, reason: "must be an https address" };
      expect(checkTarget(url, { allowPrivate: false })).toEqual(refused);
    },
  );

  it("may be http where private addresses are allowed, and nothing else", () => {
    expect(checkTarget("http://127.0.0.1:9/", { allowPrivate: true })).toMatchObject({ ok: true });
    expect(checkTarget("file:///etc/passwd", { allowPrivate: true })).toMatchObject({ ok: false });
  });

  it.each([
    "https://user:pass@example.com/",
    "https://user@example.com/",
    "https://:pass@example.com/",
  ])("never contains credentials: %s", (url) => {
    for (const allowPrivate of [false, true]) {
      expect(checkTarget(url, { allowPrivate })).toEqual({
        ok: false,
        reason: "must not contain credentials",
      });
    }
  });

  it.each([
    "",
    "example.com",
    "https://",
    "https://[::1",
    "https://1.2.3.4.5/",
    "https://256.256.256.256/",
  ])("must be a URL: %j", (text) => {
    expect(checkTarget(text, { allowPrivate: false })).toMatchObject({ ok: false });
  });
});
