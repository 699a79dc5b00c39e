/**
 * Where a link with `#token=…` alone signs in: on the machine that printed it. Elsewhere the link may be
 * anybody's, who would have others write into their own account: there it only fills in the form.
 */
export function isOwnMachine(hostname: string): boolean {
  return (
    /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname) || hostname.endsWith(".localhost")
  );
}
