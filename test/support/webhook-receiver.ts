import type { IncomingHttpHeaders } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface Delivery {
  headers: IncomingHttpHeaders;
  body: string;
}

/** A real HTTP server that writes down what it is sent and answers as it is told. */
export async function webhookReceiver(
  answer: (delivery: Delivery, index: number) => number | "hang" | "reset" = () => 204,
) {
  const deliveries: Delivery[] = [];
  let arrived: Array<() => void> = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    const delivery = { headers: request.headers, body };
    const status = answer(delivery, deliveries.length);
    deliveries.push(delivery);
    for (const wake of arrived.splice(0)) wake();
    if (status === "reset") request.socket.destroy();
    if (typeof status !== "number") return;
    response.writeHead(status, status >= 300 && status < 400 ? { location: "/elsewhere" } : {});
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    url: `http://${host}/hook?token=in-the-url`,
    deliveries,
    /** Resolves when as many have arrived. */
    async received(count: number): Promise<Delivery[]> {
      while (deliveries.length < count) {
        await new Promise<void>((resolve) => arrived.push(resolve));
      }
      return deliveries;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      arrived = [];
    },
  };
}
