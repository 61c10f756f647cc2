import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Box } from "../../src/box/index.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { BASE_LIMIT_MS } from "../support/test-base.ts";
import { type TestEngine, testEngine } from "../support/test-engine.ts";

const NOTHING = "0000000000000000";
/** What `baseCommand` leaves to root of a box. */
const OF_ROOT = "00000000000004fb";

/** Who runs a script, and what is theirs. */
const PROGRAMS = [
  {
    ...{ who: "a program in a box", onBase: false, as: "bash -c" },
    status: { CapPrm: NOTHING, CapEff: NOTHING, CapBnd: NOTHING, NoNewPrivs: "1" },
    writable: ["/workspace/home", "/home/boxuser", "/tmp", "/var/tmp", "/dev/shm"],
  },
  {
    ...{ who: "a program in a box on a base", onBase: true, as: "bash -c" },
    status: { CapPrm: NOTHING, CapEff: NOTHING, CapBnd: OF_ROOT, NoNewPrivs: "0" },
    writable: ["/workspace/home", "/home/boxuser", "/tmp", "/var/tmp", "/dev/shm"],
  },
  {
    ...{ who: "root in a box on a base", onBase: true, as: "sudo bash -c" },
    status: { CapPrm: OF_ROOT, CapEff: OF_ROOT, CapBnd: OF_ROOT, NoNewPrivs: "0" },
    writable: [
      ...["/", "/usr", "/usr/bin", "/usr/local/bin", "/etc", "/opt", "/run", "/sys"],
      ...["/workspace/home", "/home/boxuser", "/tmp", "/var/tmp", "/dev/shm"],
    ],
  },
];
const FOLDERS = [
  ...[
    "/",
    "/usr",
    "/usr/bin",
    "/usr/local/bin",
    "/etc",
    "/opt",
    "/run",
    "/sys",
    "/proc/sys/kernel",
  ],
  ...["/proc/sys/net/ipv4", "/workspace/home", "/home/boxuser", "/tmp", "/var/tmp", "/dev/shm"],
];

describe.each(PROGRAMS)("$who", ({ onBase, as, status, writable }) => {
  let host: TestEngine;
  let box: Box;
  beforeAll(async () => {
    process.env.ENGINE_SECRET = "engine-secret-of-this-test";
    host = await testEngine({}, { onBase });
    box = await host.box({ networkPolicy: { mode: "deny-all" } });
  }, BASE_LIMIT_MS);
  afterAll(async () => {
    delete process.env.ENGINE_SECRET;
    await host[Symbol.asyncDispose]();
  });

  const sh = async (script: string) =>
    box.exec.command(`${as} '${script.replaceAll("'", "'\\''")}'`);

  it("has no capabilities beyond a few of root's over its own files, no way to more, and a system call filter", async () => {
    const { stdout } = await sh("grep -E '^(Cap|NoNewPrivs|Seccomp:)' /proc/self/status");
    const found = Object.fromEntries(
      stdout
        .trim()
        .split("\n")
        .map((line) => line.split(":\t") as [string, string]),
    );
    expect(found).toEqual({ CapInh: NOTHING, CapAmb: NOTHING, Seccomp: "2", ...status });
  });

  it("sees no home, no root's folder and no configuration of the host", async () => {
    const { stdout } = await sh("ls -A /home; ls /root /srv /mnt 2>&1; cat /etc/shadow 2>&1");
    // A base has passwords of its own, which are none.
    expect(stdout).not.toMatch(onBase ? /^\w+:\$/m : /root:/);
    expect(stdout.split("\n")[0]).toBe("boxuser");
    const secret = await mkdtemp(join(tmpdir(), "box-action-secret-"));
    try {
      await writeFile(join(secret, "key"), "host-secret");
      const run = await sh(`cat ${secret}/key; ls /tmp`);
      expect(run.stdout + run.stderr).not.toContain("host-secret");
      expect(run.stdout).not.toContain("box-action-secret");
    } finally {
      await rm(secret, { recursive: true });
    }
  });

  it("sees no process of the host and none of its environments", async () => {
    const { stdout } = await sh(
      "cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n'",
    );
    expect(stdout).not.toContain("engine-secret-of-this-test");
    expect(stdout).not.toContain("vitest");
  });

  it("can write to what is its own and to nothing of the host", async () => {
    const { stdout } = await sh(`
      for folder in ${FOLDERS.join(" ")}; do
        (echo x > $folder/box-action-canary) 2>/dev/null && echo $folder
      done
      for file in /proc/sysrq-trigger /proc/sys/kernel/core_pattern /proc/sys/net/ipv4/ip_forward \
        /proc/sys/net/ipv4/ping_group_range /opt/node/bin/node; do
        (echo x >> $file) 2>/dev/null && echo $file
      done`);
    expect(stdout.trim().split("\n")).toEqual(writable);
    for (const folder of FOLDERS) {
      const canary = join(folder, "box-action-canary");
      await expect(stat(canary), canary).rejects.toMatchObject({ code: "ENOENT" });
    }
  });

  it("has loopback and no other network", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as { port: number };
    try {
      const reach = await sh(`bash -c 'exec 3<>/dev/tcp/127.0.0.1/${port}' 2>&1`);
      expect(reach.exitCode).not.toBe(0);
      const devices = await sh("cut -d: -f1 -s /proc/net/dev | tr -d ' '");
      expect(devices.result).toBe("lo");
      const ownServer = await sh(
        `node -e 'const s=require("net").createServer(c=>c.end("hi")).listen(5000,()=>{require("net").connect(5000,"localhost").on("data",d=>{console.log(String(d));process.exit()})})'`,
      );
      expect(ownServer.result).toBe("hi");
    } finally {
      server.close();
    }
  });

  it("has the tools with which it would do what it may not", async () => {
    const tools = "unshare nsenter mount umount chroot mknod dmesg ip python3 prlimit nice";
    expect((await sh(`which ${tools} | wc -l`)).result).toBe(String(tools.split(" ").length));
  });

  it.each([
    ["a user namespace", "unshare -U true"],
    ["a mount namespace", "unshare -m true"],
    ["the namespaces of another", "nsenter -m -t 1 true"],
    ["a mount", "mount -t tmpfs none /tmp"],
    ["to take a mount away", "umount -l /proc"],
    ["chroot", "chroot / true"],
    ["another host name", "echo other >/proc/sys/kernel/hostname"],
    ["a device", "rm -f /tmp/device; mknod /tmp/device b 254 0"],
    ["the kernel's log", "dmesg"],
    ["other routes", "ip route del unreachable 192.168.0.0/16"],
    ["other devices", "ip link set lo down"],
    ["raw packets", "python3 -c 'import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW)'"],
    [
      "raw sockets",
      "python3 -c 'import socket; socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)'",
    ],
    [
      "a system call of the filter's",
      "python3 -c 'import ctypes,sys; sys.exit(ctypes.CDLL(None).acct(None) != 0)'",
    ],
    ["higher limits than the host's user", "prlimit --nofile=10000000 true"],
    [
      "a place before others",
      "nice -n -5 true 2>&1 | grep -q 'Permission denied' && exit 1 || test \"$(nice -n -5 nice)\" = -5",
    ],
    ["the memory of the kernel", "head -c 1 /proc/kcore"],
  ])("is refused %s", async (_what, command) => {
    expect((await sh(command)).exitCode).not.toBe(0);
  });

  it("cannot look into or stop the supervisor that started it", async () => {
    const { stdout } = await sh(`
      readlink /proc/1/fd/3 /proc/1/exe && echo fd
      cat /proc/1/mem >/dev/null 2>&1 && echo mem
      (echo x > /proc/1/fd/3) 2>/dev/null && echo socket
      ls /proc/1/root/ 2>/dev/null && echo root
      kill -KILL 1; kill -TERM 1; kill -STOP 1; sleep 0.1; echo survived`);
    expect(stdout.trim()).toBe("survived");
    // Whoever asks is among those that it ends.
    await sh("kill -KILL -1");
    expect((await sh("echo fine")).result).toBe("fine");
  });

  it("runs as a user of the host that is not root and owns nothing there", async () => {
    if (process.getuid?.() !== 0) return;
    const stream = await box.exec.stream(`${as} 'echo $$; exec sleep 30'`);
    for await (const chunk of stream) if (chunk.type === "stdout") break;
    // It says so before it is one.
    await expect.poll(async () => (await sleepers()).length).toBeGreaterThan(0);
    const uids = await sleepers();
    expect(uids.every((uid) => uid >= 1_900_000_000)).toBe(true);
    await sh("pkill sleep");
    await stream.cancel();
  });

  it("cannot reach another box's files or processes", async () => {
    const other = await host.box();
    await other.files.write({ path: "mine", content: "secret of the other box" });
    const { stdout } = await sh(
      "cat /proc/[0-9]*/root/workspace/home/mine 2>/dev/null; ls /workspace",
    );
    expect(stdout.trim()).toBe("home");
    await other.delete();
  });

  it.skipIf(process.getuid?.() !== 0)(
    "has a disk that is out of reach for other users of the host",
    async () => {
      await sh("cp /bin/true /tmp/setuid; chmod 4755 /tmp/setuid");
      const disk = join(host.data, "boxes", box.id, "disk");
      const { mode, uid } = await stat(disk);
      expect(mode & 0o777).toBe(0o700);
      const file = join(disk, onBase ? "root/tmp" : "tmp", "setuid");
      const statAs = (user: number) =>
        spawnSync("stat", ["--format=%a", file], { uid: user, gid: user, encoding: "utf8" });
      expect(statAs(uid).stdout).toBe("4755\n");
      const { uid: owner } = await stat(file);
      expect(owner).toBeGreaterThanOrEqual(1_900_000_000);
      expect(statAs(65_534).stderr).toContain("Permission denied");
    },
  );
});

/** Host user ids of the `sleep 30` processes. */
async function sleepers(): Promise<number[]> {
  const uids: number[] = [];
  for (const pid of await readdir("/proc")) {
    if (!/^\d+$/.test(pid)) continue;
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    if (command !== "sleep\0" + "30\0") continue;
    const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
    uids.push(Number(/^Uid:\t(\d+)/m.exec(status)?.[1]));
  }
  return uids;
}

describe("an engine with a narrow umask", () => {
  it.each(["027", "077"])("%s makes boxes all the same", async (umask) => {
    await using folder = await temporaryFolder();
    const main = new URL("../../src/cli/main.ts", import.meta.url).pathname;
    const data = join(folder.path, "var", "data");
    const command = `umask ${umask}; exec "$0" --import tsx ${main} engine --port 0 --api-key key --data ${data}`;
    const child = spawn("sh", ["-c", command, process.execPath], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    child.stderr.on("data", (chunk) => {
      said += chunk;
    });
    try {
      const line = await new Promise<string>((resolve, reject) => {
        child.stdout.once("data", (chunk) => resolve(String(chunk)));
        child.once("exit", () => reject(new Error(said)));
      });
      const { url } = JSON.parse(line) as { url: string };
      const made = await Box.create({ baseUrl: url, apiKey: "key" });
      const run = await made.exec.command("whoami; cat /etc/hostname; touch a /tmp/a ~/a");
      expect([run.stdout, run.exitCode]).toEqual(["boxuser\nbox\n", 0]);
    } finally {
      const ended = once(child, "exit");
      if (child.kill("SIGTERM")) await ended;
    }
  });
});

describe("an engine that is killed", () => {
  it("takes every process of its boxes with it", async () => {
    const folder = await mkdtemp(join(tmpdir(), "box-action-kill-"));
    const main = new URL("../../src/cli/main.ts", import.meta.url).pathname;
    const child = spawn(
      process.execPath,
      ["--import", "tsx", main, "engine", "--port", "0", "--api-key", "key", "--data", folder],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    try {
      const [line] = (await new Promise<Buffer>((resolve) => child.stdout.once("data", resolve)))
        .toString()
        .split("\n");
      const { url } = JSON.parse(line ?? "") as { url: string };
      const victim = await Box.create({ baseUrl: url, apiKey: "key" });
      await victim.exec.command("setsid sleep 987654 >/dev/null 2>&1 &");
      await expect.poll(() => processes("sleep\x00987654")).toBe(1);
      child.kill("SIGKILL");
      await expect.poll(() => processes("sleep\x00987654"), { timeout: 10_000 }).toBe(0);
      await expect.poll(() => processes(folder), { timeout: 10_000 }).toBe(0);
    } finally {
      child.kill("SIGKILL");
      await rm(folder, { recursive: true, force: true });
    }
  });
});

async function processes(word: string): Promise<number> {
  let count = 0;
  for (const pid of await readdir("/proc")) {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue;
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    if (command.includes(word)) count++;
  }
  return count;
}
