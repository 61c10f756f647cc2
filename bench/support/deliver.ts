import { createHmac, randomUUID } from "node:crypto";
import { Agent, request } from "node:http";

/** A delivery that is signed and ready to be sent. */
export interface SignedDelivery {
  body: Buffer;
  headers: Record<string, string>;
}

/** Signs a payload as GitHub does; each has a GUID of its own. */
export function signedDelivery(name: string, payload: object, secret: string): SignedDelivery {
  const body = Buffer.from(JSON.stringify(payload));
  const signature = createHmac("sha256", secret).update(body).digest("hex");
  return {
    body,
    headers: {
      "content-type": "application/json",
      "content-length": String(body.length),
      "x-github-event": name,
      "x-github-delivery": randomUUID(),
      "x-hub-signature-256": `sha256=${signature}`,
    },
  };
}

/** Connections that are kept open, as GitHub's are. */
export const connections = (atOnce: number) => new Agent({ keepAlive: true, maxSockets: atOnce });

/**
 * Sends a delivery.
 * @returns milliseconds until the whole answer was there
 * @throws Error for an answer that is no success
 */
export function deliver(url: string, delivery: SignedDelivery, agent: Agent): Promise<number> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      { method: "POST", agent, headers: delivery.headers },
      (answer) => {
        answer.resume();
        answer.once("error", reject);
        answer.once("end", () => {
          const { statusCode = 0 } = answer;
          if (statusCode >= 200 && statusCode < 300) resolve(performance.now() - started);
          else reject(new Error(`A delivery was answered with ${statusCode}.`));
        });
      },
    );
    outgoing.once("error", reject);
    outgoing.end(delivery.body);
  });
}

/**
 * Sends deliveries, so many at a time.
 * @returns the milliseconds of each, in the order of the answers
 */
export async function deliverAll(
  url: string,
  deliveries: readonly SignedDelivery[],
  agent: Agent,
): Promise<number[]> {
  const times: number[] = [];
  const waiting = [...deliveries];
  const send = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      times.push(await deliver(url, next, agent));
    }
  };
  await Promise.all(Array.from({ length: agent.maxSockets }, send));
  return times;
}
