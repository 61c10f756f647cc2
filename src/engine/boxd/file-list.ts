import type { Fields } from "./fields.ts";
import { readAttributes } from "./file-attributes.ts";
import { FileRequest, unexpected } from "./file-request.ts";
import { FRAME, TAG } from "./protocol.ts";
import { ReceiveWindow } from "./receive-window.ts";
import type { Transport } from "./transport.ts";
import type { BoxdEntry, BoxdText } from "./types.ts";

/** About a thousand entries ahead of the reader. */
const WINDOW_BYTES = 128 * 1024;
/** What an ENTRY costs beside its name: seven headings, four u32 and two u64. */
const ENTRY_BYTES = 7 * 5 + 4 * 4 + 2 * 8;

/** See `BoxdFiles.list`. */
export async function* list(
  transport: Transport,
  path: BoxdText,
  signal: AbortSignal | undefined,
): AsyncGenerator<BoxdEntry> {
  let entries: BoxdEntry[] = [];
  let wake = (): void => {};
  let over = false;
  const window = new ReceiveWindow(WINDOW_BYTES, (bytes) => request.grant(bytes));
  const request = new FileRequest(transport, {
    type: FRAME.LIST,
    fields: [
      [TAG.PATH, path],
      [TAG.CREDIT, WINDOW_BYTES],
    ],
    last: FRAME.END,
    signal,
    onMessage: (type, fields) => {
      if (type !== FRAME.ENTRY) throw unexpected(type);
      const entry = readEntry(fields);
      window.receive(ENTRY_BYTES + entry.rawName.length);
      entries.push(entry);
      wake();
    },
  });
  const ended = request.done.finally(() => {
    over = true;
    wake();
  });
  ended.catch(() => {});
  try {
    while (!over || entries.length > 0) {
      const batch = entries;
      entries = [];
      for (const entry of batch) {
        yield entry;
        window.consume(ENTRY_BYTES + entry.rawName.length);
      }
      if (!over && entries.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
    await ended;
  } finally {
    request.cancel();
  }
}

function readEntry(fields: Fields): BoxdEntry {
  // A copy: the payload is a part of a chunk that is used again or kept whole.
  const rawName = Buffer.from(fields.bytes(TAG.NAME));
  return { name: rawName.toString("utf8"), rawName, ...readAttributes(fields) };
}
