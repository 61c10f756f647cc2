interface NodeBuffer {
  from(data: string, encoding: "base64"): Uint8Array;
  from(data: ArrayBufferLike, offset: number, length: number): { toString(as: "base64"): string };
}

/** Node's and Bun's, three times as fast as `atob`; elsewhere absent. */
const { Buffer } = globalThis as { Buffer?: NodeBuffer };

/** `String.fromCharCode` takes its bytes as arguments, of which engines allow some 65 000. */
const BYTES_AT_ONCE = 32 * 1024;

/** @throws when the text is not base64 (where the platform looks). */
export function base64ToBytes(text: string): Uint8Array {
  if (Buffer) return Buffer.from(text, "base64");
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

export function bytesToBase64(bytes: Uint8Array): string {
  if (Buffer) {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
  }
  let binary = "";
  for (let offset = 0; offset < bytes.length; offset += BYTES_AT_ONCE) {
    binary += String.fromCharCode(...bytes.subarray(offset, offset + BYTES_AT_ONCE));
  }
  return btoa(binary);
}
