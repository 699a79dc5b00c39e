const SLICE_BYTES = 24 * 1024;
const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

export function base64Of(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
    binary += String.fromCharCode(...bytes.subarray(at, at + SLICE_BYTES));
  }
  return btoa(binary);
}

/** How many bytes a text of base64 stands for, at most two more than there are. */
export function base64Size(text: string): number {
  return Math.floor((text.length * 3) / 4);
}

/** Of base64 in either alphabet, padded or not; `undefined` where a text is none. */
export function bytesOfBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!BASE64.test(text)) return undefined;
  let binary: string;
  try {
    binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    return undefined;
  }
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}
