import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";
import { ExecFrameType, encodeExecFrame, FRAMES_MEDIA_TYPE } from "../../src/box/wire.ts";
import { BOX, type Handler, startPeer } from "./peer.ts";
import { bytes } from "./pieces.ts";

const PROGRAM = new URL("process.fixture.ts", import.meta.url).pathname;

it("a process that used the SDK, through resets and aborts, exits by itself without a rejection", async () => {
  const answer: Handler = ({ method, path }, response) => {
    if (path.endsWith("/cancel")) return {};
    if (path.endsWith("/exec")) return undefined;
    if (path.endsWith("/exec-stream")) {
      response.writeHead(200, { "content-type": FRAMES_MEDIA_TYPE });
      response.write(encodeExecFrame(ExecFrameType.Stdout, bytes("some")));
      setTimeout(() => response.destroy(), 200);
      return undefined;
    }
    if (path.endsWith("/run/stream")) {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write('event: run_start\ndata: {"run_id":"run-1"}\n\n');
      setTimeout(() => response.destroy(), 200);
      return undefined;
    }
    if (method === "DELETE") return undefined;
    return BOX;
  };
  await using peer = await startPeer(answer, (socket) => {
    socket.once("message", () => {
      socket.send('{"type":"started","pid":7,"execId":"run-7"}');
      setTimeout(() => socket.terminate(), 200);
    });
  });
  const child = spawn(process.execPath, ["--import", "tsx", PROGRAM], {
    env: {
      ...process.env,
      UPSTASH_BOX_API_KEY: "key-of-a-test",
      UPSTASH_BOX_BASE_URL: peer.url,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let errors = "";
  child.stdout.on("data", (data) => {
    output += data;
  });
  child.stderr.on("data", (data) => {
    errors += data;
  });
  const [code] = await once(child, "exit");
  expect(errors).toBe("");
  expect(code).toBe(0);
  expect(JSON.parse(output)).toEqual([
    "exec stream read: network",
    "exec stream left: detached",
    "exec stream unread, disposed: detached",
    "exec stream cancelled: cancelled",
    "agent read: network",
    "agent left: detached",
    "command aborted: aborted",
    "command timed out: timeout",
    "delete timed out: timeout",
    "session read: network",
    "session closed: -1",
    "rejections: 0",
  ]);
});
