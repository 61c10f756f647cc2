import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { expect, it } from "vitest";
import { listen } from "../../src/host/listen.ts";

it("answers who offers another protocol than a WebSocket as if they had not", async () => {
  const upgrades: IncomingMessage[] = [];
  const fetch = async (asked: Request) =>
    new Response(`${asked.method} ${new URL(asked.url).pathname}`);
  const listener = await listen(
    fetch,
    { port: 0, host: "127.0.0.1" },
    {
      upgrade: (asked, socket) => {
        upgrades.push(asked);
        socket.destroy();
      },
    },
  );
  const send = (upgrade: string) => {
    const headers = {
      connection: "Upgrade, HTTP2-Settings",
      upgrade,
      "http2-settings": "AAMAAABk",
    };
    const asked = request(`${listener.url}/path`, { headers });
    asked.end();
    return asked;
  };
  const [answer] = (await once(send("h2c"), "response")) as [IncomingMessage];
  expect(answer.statusCode).toBe(200);
  expect(await text(answer)).toBe("GET /path");
  expect(upgrades).toEqual([]);
  await once(send("websocket"), "error");
  expect(upgrades).toHaveLength(1);
  await listener.close();
});
