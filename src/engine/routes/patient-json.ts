import type { Context } from "hono";
import { asEngineError } from "../as-engine-error.ts";

/** Node's `fetch` gives up after 300 s without headers, and after 300 s without a byte of a body. */
const PATIENCE_MS = 15_000;

/**
 * Answers with JSON that may take hours: what takes long is begun with the headers and kept alive with
 * blanks, which JSON may start with. A failure that comes later than that has no status of its own any
 * more, so `asResult` puts it into the form of an answer.
 */
export async function patientJson(
  context: Context,
  result: Promise<object>,
  asResult: (message: string) => object,
): Promise<Response> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), PATIENCE_MS);
  });
  try {
    const early = await Promise.race([result, tooLong]);
    if (early !== null) return context.json(early);
  } finally {
    clearTimeout(timer);
  }
  const late = result.catch((error: unknown) => asResult(asEngineError(error).message));
  return context.body(blanksThen(late), 200, { "content-type": "application/json" });
}

function blanksThen(late: Promise<object>): ReadableStream<Uint8Array> {
  let timer: NodeJS.Timeout | undefined;
  return new ReadableStream({
    start(controller) {
      controller.enqueue(BLANK);
      timer = setInterval(() => controller.enqueue(BLANK), PATIENCE_MS);
      void late.then((value) => {
        // Cleared when the client has left, and nobody reads any more.
        if (timer === undefined) return;
        clearInterval(timer);
        controller.enqueue(Buffer.from(JSON.stringify(value)));
        controller.close();
      });
    },
    cancel() {
      clearInterval(timer);
      timer = undefined;
    },
  });
}

const BLANK = Buffer.from(" ");
