import type { ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { Box, BoxError } from "../../src/box/index.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { everyCall } from "./every-call.ts";
import { BOX, sendJson, startPeer } from "./peer.ts";

const items = (item: unknown) => {
  const names = ["files", "logs", "runs", "labels", "snapshots", "previews", "enabled_skills"];
  return Object.fromEntries(names.map((name) => [name, [item]]));
};

const ANSWERS: [string, (response: ServerResponse) => void][] = [
  ...[null, [], [null], "text", 5, {}, items(null), items({}), items(5)].map(
    (value): [string, (response: ServerResponse) => void] => [
      JSON.stringify(value).slice(0, 40),
      (response) => sendJson(response, value),
    ],
  ),
  ["nothing", (response) => response.end()],
  ["204", (response) => response.writeHead(204).end()],
  ["a page", (response) => response.end("<!doctype html><title>Sign in</title>")],
  ["half of it", (response) => sendHalf(response)],
  ["a reset", (response) => response.destroy()],
  ["a redirect", (response) => response.writeHead(302, { location: "http://a.example" }).end()],
  ["an error as a page", (response) => response.writeHead(502).end("<h1>Bad gateway</h1>")],
  ["an error that is null", (response) => sendJson(response, null, 500)],
  ["an event stream of nonsense", (response) => sendEvents(response)],
];

describe("whatever a service answers, what is thrown is a BoxError", () => {
  it.each(ANSWERS)("%s", async (_what, answer) => {
    let isHostile = false;
    await using peer = await startPeer((request, response) => {
      if (isHostile) {
        answer(response);
        return undefined;
      }
      return request.path.endsWith("/exec")
        ? { exit_code: 0, output: "" }
        : { ...BOX, keep_alive: request.path.endsWith("kept") };
    });
    await using folder = await temporaryFolder();
    const { connection } = peer;
    const box = await Box.get("box-1", connection);
    const kept = await Box.get("kept", connection);
    const calls = await everyCall({ box, kept, connection, folder: folder.path });
    isHostile = true;
    for (const [name, call] of Object.entries(calls)) {
      const error = await call().then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      if (error === undefined) continue;
      expect(error, name).toBeInstanceOf(BoxError);
      // The remedy is a sentence of its own, at the end.
      expect((error as BoxError).message, name).toMatch(/[.)] [A-Z].*\.$|\.list\(\).*\.$/s);
    }
  });
});

function sendHalf(response: ServerResponse): void {
  response.writeHead(200, { "content-length": 100, "content-type": "application/json" });
  response.write('{"id":');
  setTimeout(() => response.destroy(), 10);
}

function sendEvents(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.end(
    "event: done\ndata: 5\n\nevent: text\ndata: null\n\nevent: tool\ndata: [\n\nevent: exit\n",
  );
}
