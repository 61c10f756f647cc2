import { once } from "node:events";
import { readFile, symlink } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { networkInterfaces } from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Box } from "../../../src/box/index.ts";
import { descendants } from "../../support/descendants.ts";
import { runCli } from "../../support/run-cli.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { testDriver } from "../../support/test-sandbox.ts";

/** An address of this host that is not loopback; it stands for whatever a box may reach. */
const OWN = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal }) => family === "IPv4" && !internal)?.address;

let server: Server;
let port: number;
const sockets = new Set<Socket>();
beforeAll(async () => {
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
    socket.write("reached\n");
  }).listen(0);
  await once(server, "listening");
  port = (server.address() as { port: number }).port;
});
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

const reach = (address: string) =>
  `timeout 5 bash -c 'exec 3<>/dev/tcp/${address}/${port} && head -n1 <&3' 2>&1`;

describe("a box that may reach all that is public", () => {
  it("reaches neither the host's loopback nor its own addresses, by no name", async () => {
    await using host = await testDriver();
    await using box = await host.sandbox();
    const names = ["127.0.0.1", "localhost", "10.0.2.2", "10.0.2.3", "0.0.0.0", "::1"];
    const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
    for (const name of [...names, ...own.map(({ address }) => address), `::ffff:${OWN}`]) {
      expect(await box.sh(reach(name)), name).toMatchObject({
        said: expect.not.stringContaining("reached"),
      });
    }
    const devices = await box.sh("cut -d: -f1 -s /proc/net/dev | tr -d ' ' | sort | xargs");
    expect(devices.said).toBe("lo tap0");
  });

  it("reaches private networks that the operator opens, and no others", async () => {
    if (OWN === undefined) return;
    await using host = await testDriver({ allowedNetworks: [OWN] });
    await using box = await host.sandbox();
    expect(await box.sh(reach(OWN))).toEqual({ code: 0, said: "reached" });
    expect((await box.sh(reach("10.0.2.2"))).said).not.toContain("reached");
    const metadata = await box.sh("exec 3<>/dev/tcp/169.254.169.254/80");
    expect(metadata.said).toMatch(/No route to host|Network is unreachable/);
  });

  it("cannot open what is closed, although it may run the tools", async () => {
    await using host = await testDriver();
    await using box = await host.sandbox();
    for (const command of [
      "ip route del unreachable 192.168.0.0/16",
      "ip route replace 192.168.0.0/16 via 10.0.2.2",
      "ip link set tap0 down",
      "ip addr add 10.0.2.77/24 dev tap0",
      "nsenter --net=/proc/1/ns/net ip link set lo down",
    ]) {
      expect((await box.sh(command)).code, command).not.toBe(0);
    }
  });

  it("pings its own loopback", async () => {
    await using host = await testDriver();
    await using box = await host.sandbox({ network: "deny-all" });
    const ping = await box.sh("ping -c1 -W5 127.0.0.1");
    expect(ping.said).toContain("1 received");
  });
});

describe("a change of what a running box may reach", () => {
  it("holds at once, for connections that are open too", async () => {
    if (OWN === undefined) return;
    await using host = await testDriver({ allowedNetworks: [OWN] });
    await using box = await host.sandbox({ network: "deny-all" });
    expect((await box.sh(reach(OWN))).said).toMatch(/Network is unreachable/);

    await box.sandbox.setNetwork("allow-all");
    const connected = once(server, "connection") as Promise<[Socket]>;
    const open = box.sh(`exec 3<>/dev/tcp/${OWN}/${port}; head -n2 <&3`);
    const [socket] = await connected;
    const cut = new Promise((resolve) => socket.once("close", resolve));
    await box.sandbox.setNetwork("deny-all");
    await cut;
    expect((await box.sh(reach(OWN))).said).toMatch(/Network is unreachable/);

    await box.sandbox.setNetwork("allow-all");
    expect((await box.sh(reach(OWN))).said).toBe("reached");
    await box.sh("pkill head");
    await open;
  });
});

describe("the process that is a box's way out", () => {
  it("is an unprivileged user's, confined, and ends with the box", async () => {
    await using host = await testDriver();
    let pids: number[];
    {
      await using box = await host.sandbox();
      pids = await waysOut(process.pid);
      expect(pids).toHaveLength(1);
      const status = await readFile(`/proc/${pids[0]}/status`, "utf8");
      expect(status).toMatch(/^NoNewPrivs:\t1$/m);
      expect(status).toMatch(/^Seccomp:\t2$/m);
      expect(status).not.toMatch(/^Uid:\t0\t/m);
      expect((await box.sh("true")).code).toBe(0);
    }
    expect(await waysOut(process.pid)).toEqual([]);
  });

  it("is there again when it fails", async () => {
    await using host = await testDriver();
    await using box = await host.sandbox();
    const [first] = await waysOut(process.pid);
    // One that fails within its first second is left alone.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    process.kill(Number(first), "SIGKILL");
    await expect.poll(() => waysOut(process.pid)).not.toEqual([first]);
    await expect.poll(async () => (await box.sh("ip route")).said).toContain("default via");
  });

  it("ends with an engine that is killed", async () => {
    await using folder = await temporaryFolder();
    await using cli = runCli(
      ["engine", "--port", "0", "--api-key", "key", "--data", folder.path],
      {},
    );
    const { url } = await cli.ready();
    await Box.create({ baseUrl: url, apiKey: "key", networkPolicy: { mode: "allow-all" } });
    const pids = await waysOut(cli.child.pid ?? 0);
    expect(pids).toHaveLength(1);
    cli.child.kill("SIGKILL");
    await expect.poll(() => commandOf(pids[0] ?? 0), { timeout: 10_000 }).toBe("");
  });
});

describe("a host without slirp4netns", () => {
  it("makes boxes that reach nothing, says so, and refuses to open them", async () => {
    const path = process.env.PATH;
    await using bin = await temporaryFolder();
    await symlink("/usr/bin/bwrap", `${bin.path}/bwrap`);
    process.env.PATH = bin.path;
    try {
      await using host = await testDriver();
      expect(host.driver.enforces.network).toEqual(["deny-all"]);
      expect(await host.driver.check()).toEqual([
        expect.stringMatching(/apt-get install slirp4netns iproute2/),
      ]);
      await using box = await host.sandbox({ network: "deny-all" });
      expect((await box.sh("cut -d: -f1 -s /proc/net/dev | tr -d ' '")).said).toBe("lo");
      await expect(box.sandbox.setNetwork("allow-all")).rejects.toMatchObject({ status: 501 });
    } finally {
      process.env.PATH = path;
    }
  });
});

/** The ways out that descend from a process. */
async function waysOut(ancestor: number): Promise<number[]> {
  const found: number[] = [];
  for (const pid of await descendants(ancestor)) {
    if ((await commandOf(pid)).startsWith("slirp4netns\0")) found.push(pid);
  }
  return found;
}

function commandOf(pid: number): Promise<string> {
  return readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
}
