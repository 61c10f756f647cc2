/** A u32 as the protocol has it. */
export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

/** A field: a number is a u32, a bigint a u64. */
export function field(tag: number, value: string | number | bigint | Buffer): Buffer {
  const bytes =
    typeof value === "number"
      ? u32(value)
      : typeof value === "bigint"
        ? Buffer.concat([u32(Number(value >> 32n)), u32(Number(value & 0xffffffffn))])
        : Buffer.from(value as string);
  return Buffer.concat([Buffer.from([tag]), u32(bytes.length), bytes]);
}

/** A frame written by hand, apart from the client's own encoder. */
export function frame(
  channel: number,
  type: number,
  payload: Buffer | readonly (readonly [number, string | number | bigint | Buffer])[] = [],
): Buffer {
  const bytes = Buffer.isBuffer(payload)
    ? payload
    : Buffer.concat(payload.map(([tag, value]) => field(tag, value)));
  return Buffer.concat([u32(bytes.length), u32(channel), Buffer.from([type]), bytes]);
}
