import { BoxdError } from "./error.ts";
import { TAG } from "./protocol.ts";

const U32_TAGS: ReadonlySet<number> = new Set([
  TAG.CREDIT,
  TAG.UID,
  TAG.GID,
  TAG.SIGNAL,
  TAG.MODE,
  TAG.PID,
  TAG.EXIT_CODE,
  TAG.ERRNO,
  TAG.TYPE,
  TAG.PROTOCOL,
  TAG.PORT,
]);
const U64_TAGS: ReadonlySet<number> = new Set([
  TAG.CPU_NANOSECONDS,
  TAG.MAX_RSS_BYTES,
  TAG.SIZE,
  TAG.MTIME,
  TAG.INODE,
]);
const BYTES_TAGS: ReadonlySet<number> = new Set([
  TAG.MESSAGE,
  TAG.NAME,
  TAG.LINK_TARGET,
  TAG.VERSION,
]);

/**
 * The tagged fields of one message from boxd.
 *
 * @throws BoxdError `PROTOCOL` when the bytes are not a list of known tags of the right size, when
 * a tag comes twice, or when an asked-for tag is not there.
 */
export class Fields {
  readonly #payload: Buffer;
  readonly #found = new Map<number, Buffer>();

  constructor(payload: Buffer) {
    this.#payload = payload;
    let at = 0;
    while (at < payload.length) at = this.#readOne(at);
  }

  has(tag: number): boolean {
    return this.#found.has(tag);
  }

  bytes(tag: number): Buffer {
    const value = this.#found.get(tag);
    if (value === undefined) throw new BoxdError("PROTOCOL", `boxd sent no tag ${tag}`);
    return value;
  }

  /** Bytes that are not UTF-8 become replacement characters. */
  text(tag: number): string {
    return this.bytes(tag).toString("utf8");
  }

  u32(tag: number): number {
    return this.bytes(tag).readUInt32BE(0);
  }

  u64(tag: number): bigint {
    return this.bytes(tag).readBigUInt64BE(0);
  }

  i64(tag: number): bigint {
    return this.bytes(tag).readBigInt64BE(0);
  }

  /** A u64 that counts bytes, as a number. */
  size(tag: number): number {
    const value = this.u64(tag);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw new BoxdError("PROTOCOL", `boxd sent a size of ${value}`);
    }
    return Number(value);
  }

  #readOne(at: number): number {
    const payload = this.#payload;
    if (payload.length - at < 5) throw new BoxdError("PROTOCOL", "boxd sent a field cut short");
    const tag = payload.readUInt8(at);
    const length = payload.readUInt32BE(at + 1);
    const start = at + 5;
    if (length > payload.length - start) {
      throw new BoxdError("PROTOCOL", `boxd sent tag ${tag} longer than its frame`);
    }
    if (!hasRightSize(tag, length)) {
      throw new BoxdError("PROTOCOL", `boxd sent tag ${tag} with ${length} bytes`);
    }
    if (this.#found.has(tag)) throw new BoxdError("PROTOCOL", `boxd sent tag ${tag} twice`);
    this.#found.set(tag, payload.subarray(start, start + length));
    return start + length;
  }
}

function hasRightSize(tag: number, length: number): boolean {
  if (U32_TAGS.has(tag)) return length === 4;
  if (U64_TAGS.has(tag)) return length === 8;
  return BYTES_TAGS.has(tag);
}
