/** So that no proxy gives up on a program that prints nothing. */
const KEEP_ALIVE_MS = 15_000;
/** Bytes that may wait for a slow reader before the producer is held up. */
const AHEAD_BYTES = 256 * 1024;

/** Sends pieces; resolves when there is room for more, or when the reader has left. */
export type Send = (...pieces: Uint8Array[]) => Promise<void> | undefined;

/**
 * A response body whose reader may leave: leaving is detaching, not cancelling (box-api §5), so the
 * producer goes on, writes to nowhere, and is never held up at a full pipe.
 *
 * @param produce sends everything and resolves; its last piece arrives whole
 * @param keepAlive sent into silences; null where it would look like output
 */
export function detachableStream(
  produce: (send: Send) => Promise<void>,
  keepAlive: Uint8Array | null,
): ReadableStream<Uint8Array> {
  let left = false;
  let lastSent = Date.now();
  let waiting: Array<() => void> = [];
  const release = () => {
    for (const resume of waiting.splice(0)) resume();
  };
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const send: Send = (...pieces) => {
          if (left) return;
          lastSent = Date.now();
          for (const piece of pieces) controller.enqueue(piece);
          if ((controller.desiredSize ?? 0) > 0) return;
          return new Promise((resolve) => {
            waiting.push(resolve);
          });
        };
        const timer = setInterval(() => {
          if (keepAlive !== null && Date.now() - lastSent >= KEEP_ALIVE_MS) void send(keepAlive);
        }, KEEP_ALIVE_MS);
        void produce(send).finally(() => {
          clearInterval(timer);
          if (!left) controller.close();
        });
      },
      pull: release,
      cancel() {
        left = true;
        release();
        waiting = [];
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: AHEAD_BYTES }),
  );
}
