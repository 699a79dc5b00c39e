// IANA's special-purpose registries: what a public service has no business to call.
const SPECIAL_V4: readonly (readonly [base: string, bits: number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
];

/** `text` is four decimal numbers, as a WHATWG URL writes every notation of IPv4. */
export function isPublicV4(text: string): boolean {
  return isPublic(numberOf(text));
}

/** `text` is the inside of the brackets, as a WHATWG URL writes it: hexadecimal groups and `::`. */
export function isPublicV6(text: string): boolean {
  const groups = groupsOf(text);
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = groups;
  const zeroTo = (end: number) => groups.slice(0, end).every((group) => group === 0);
  // An address within an address: IPv4-mapped, NAT64, 6to4.
  if (zeroTo(5) && f === 0xffff) return isPublic(pair(g, h));
  if (a === 0x64 && b === 0xff9b && c + d + e + f === 0) return isPublic(pair(g, h));
  if (a === 0x2002) return isPublic(pair(b, c));
  // Global unicast without protocol assignments (Teredo and others) and documentation.
  const assigned = a === 0x2001 && (b < 0x200 || b === 0xdb8);
  return a >> 13 === 1 && !assigned && !(a === 0x3fff && b < 0x1000);
}

function isPublic(address: number): boolean {
  return !SPECIAL_V4.some(([base, bits]) => {
    const size = 2 ** (32 - bits);
    return Math.floor(address / size) === Math.floor(numberOf(base) / size);
  });
}

function numberOf(text: string): number {
  return text.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

function pair(high: number, low: number): number {
  return high * 0x10000 + low;
}

function groupsOf(text: string): number[] {
  const [head = "", tail] = text.split("::");
  const before = hexGroups(head);
  const after = hexGroups(tail ?? "");
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
}

function hexGroups(text: string): number[] {
  return text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16));
}

/**
 * The network whose owner stands behind an address: an IPv4 address itself, of IPv6 the /64 that one
 * customer has whole. Undefined where the text is no address.
 */
export function networkOf(address: string): string | undefined {
  if (/^(\d{1,3}\.){3}\d{1,3}$/.test(address)) return address;
  const host = address.includes(":") ? URL.parse(`http://[${address}]`)?.hostname : undefined;
  if (host === undefined) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = groupsOf(host.slice(1, -1));
  if (a + b + c + d + e === 0 && f === 0xffff) {
    return [g >> 8, g & 255, h >> 8, h & 255].join(".");
  }
  return `${[a, b, c, d].map((group) => group.toString(16)).join(":")}::/64`;
}
