/**
 * What a bundle says that a ref is, and its objects as a pack.
 * @throws Error for what is no bundle with this ref
 */
export function readBundle(bundle: Uint8Array, ref: string): { sha: string; pack: Buffer } {
  const bytes = Buffer.from(bundle.buffer, bundle.byteOffset, bundle.byteLength);
  // The header is lines of text, the last of them empty (gitformat-bundle(5)).
  const end = bytes.indexOf("\n\nPACK");
  const lines = bytes.subarray(0, Math.max(0, end)).toString("utf8").split("\n");
  const sha = lines.find((line) => line.endsWith(` ${ref}`))?.split(" ")[0];
  if (sha === undefined || !/^[0-9a-f]{40,64}$/.test(sha)) {
    throw new Error(`it is no bundle with ${ref}`);
  }
  return { sha, pack: bytes.subarray(end + 2) };
}
