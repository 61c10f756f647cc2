import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";
import { expect } from "vitest";
import { startGitHub } from "../../../dev/github/index.ts";
import { manualCron } from "../../support/manual-cron.ts";
import { testEngine } from "../../support/test-engine.ts";
import { webhookReceiver } from "../../support/webhook-receiver.ts";
import type { Service } from "../service.ts";

/** An address of this host that is not loopback: to a box it is somewhere else. */
const ADDRESS = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal }) => family === "IPv4" && !internal)?.address;

/** Our engine, with real boxes, on loopback. */
export const engine: Service = {
  title: "our engine",
  lacks: {
    "custom network policies": {
      why: "the engine says that it cannot enforce them",
      async shown(suite) {
        const box = await suite.box();
        const call = box.updateNetworkPolicy({ mode: "custom", allowedDomains: ["example.com"] });
        await expect(call).rejects.toMatchObject({ statusCode: 501 });
      },
    },
    "attached headers": {
      why: "the engine says that it cannot attach them",
      async shown(suite) {
        const call = suite.box({ attachHeaders: { "api.example.com": { "x-key": "secret" } } });
        await expect(call).rejects.toMatchObject({ statusCode: 501 });
      },
    },
    ...(ADDRESS === undefined
      ? {
          "an address to reach": {
            why: "this machine has no address but loopback, which is closed to boxes",
            shown: async () => expect(ADDRESS).toBeUndefined(),
          },
        }
      : {}),
  },

  async start() {
    const receiver = await webhookReceiver();
    const github = await startGitHub();
    const cron = manualCron();
    const server = createServer((_, response) => response.end("reached")).listen(0, ADDRESS);
    await once(server, "listening");
    const host = await testEngine({
      spareSandbox: true,
      startCron: cron.startCron,
      allowedHosts: [receiver.host, new URL(github.url).host],
      allowedNetworks: ADDRESS === undefined ? [] : [ADDRESS],
    });
    const outside = `${ADDRESS}:${(server.address() as AddressInfo).port}`;
    return {
      connection: host.connection,
      local: { receiver, github, fire: cron.fire, outside },
      async [Symbol.asyncDispose]() {
        await host[Symbol.asyncDispose]();
        await github.close();
        await receiver[Symbol.asyncDispose]();
        server.closeAllConnections();
        server.close();
        expect(host.errors).toEqual([]);
      },
    };
  },
};
