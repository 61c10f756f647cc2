import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createNodeMiddleware, Probot } from "probot";

/** A Probot App whose handler does nothing, as a process of its own; it prints its URL. */
const {
  APP_ID: appId = "",
  PRIVATE_KEY: privateKey = "",
  WEBHOOK_SECRET: secret = "",
} = process.env;
const probot = new Probot({ appId, privateKey, secret, logLevel: "fatal" });
const idle = (robot: Probot) => robot.on("issue_comment.created", async () => {});
const server = createServer(await createNodeMiddleware(idle, { probot }));
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`http://127.0.0.1:${port}/api/github/webhooks\n`);
});
