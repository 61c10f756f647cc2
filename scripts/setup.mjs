// Makes a fresh checkout ready: system packages, npm packages, boxd. Plain Node without packages, since
// it runs before any are there. Says on stderr what it installs and why; does nothing when all is there.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
process.chdir(root);

const SYSTEM_PACKAGES = [
  { program: "bwrap", package: "bubblewrap", why: "boxes are isolated with it" },
  { program: "slirp4netns", package: "slirp4netns", why: "boxes reach the network through it" },
  { program: "ip", package: "iproute2", why: "private networks are closed to boxes with it" },
  {
    program: "ping",
    package: "iputils-ping",
    why: "boxes have the host's programs, ping among them",
  },
  {
    program: "mmdebstrap",
    package: "mmdebstrap",
    why: "tests build a Debian base for boxes with it",
  },
  { program: "newuidmap", package: "uidmap", why: "boxes on a base have many users" },
  { program: "git", package: "git", why: "repositories are cloned and pushed with it" },
  {
    program: "cc",
    package: "gcc libc6-dev",
    why: "boxd, the supervisor in every box, is compiled",
  },
  { program: "make", package: "make", why: "boxd, the supervisor in every box, is compiled" },
];

requireNode();
installSystemPackages();
installPostgres();
if (process.env.GITHUB_ACTIONS === "true") allowUserNamespaces();
openTunnelDevice();
installNpmPackages();
buildBoxd();
if (process.argv.includes("--build")) compile();

function requireNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 18)) return;
  fail(`Node ${process.versions.node} is too old; install Node 20.18 or later.`);
}

function installSystemPackages() {
  const missing = SYSTEM_PACKAGES.filter(({ program }) => !onPath(program));
  if (missing.length === 0) return;
  for (const { package: name, program, why } of missing) {
    say(`${program} is missing; ${why}: installing ${name}`);
  }
  const names = missing.flatMap(({ package: name }) => name.split(" "));
  if (!onPath("apt-get")) {
    fail(`There is no apt-get here; install these by hand and try again: ${names.join(" ")}`);
  }
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && !onPath("sudo")) fail(`Run as root: apt-get install ${names.join(" ")}`);
  const prefix = isRoot ? [] : ["sudo"];
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  run([...prefix, "apt-get", "update", "-qq"], { env });
  run([...prefix, "apt-get", "install", "-y", "-qq", "--no-install-recommends", ...names], { env });
}

/** The tests need a server of Debian's; the App has its own, as an npm package. */
function installPostgres() {
  const found = existsSync("/usr/lib/postgresql") ? readdirSync("/usr/lib/postgresql") : [];
  if (found.some((version) => existsSync(`/usr/lib/postgresql/${version}/bin/initdb`))) return;
  if (!onPath("apt-get"))
    return say("there is no Postgres below /usr/lib/postgresql; some tests need it");
  say("Postgres is missing; the App is tested on a server of Debian's too: installing postgresql");
  const isRoot = process.getuid?.() === 0;
  const prefix = isRoot ? [] : ["sudo"];
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const install = [...prefix, "apt-get", "install", "-y", "-qq", "--no-install-recommends"];
  run([...prefix, "apt-get", "update", "-qq"], { env });
  run([...install, "postgresql-common"], { env });
  // Otherwise the package makes a database of its own and starts it.
  const conf = "/etc/postgresql-common/createcluster.conf";
  run([...prefix, "sed", "-i", "s/^#*create_main_cluster.*/create_main_cluster = false/", conf]);
  run([...install, "postgresql"], { env });
}

/**
 * Ubuntu 24.04, and so GitHub's runners, forbid user namespaces to programs without a profile. A runner is
 * thrown away after its job; on anybody's own machine this is theirs to decide (docs/operate.md).
 */
function allowUserNamespaces() {
  const setting = "kernel.apparmor_restrict_unprivileged_userns";
  const file = `/proc/sys/${setting.replaceAll(".", "/")}`;
  if (!existsSync(file) || readFileSync(file, "utf8").trim() !== "1") return;
  say("user namespaces are restricted on this runner; boxes are made of them: allowing them");
  const prefix = process.getuid?.() === 0 ? [] : ["sudo"];
  run([...prefix, "sysctl", "-q", "-w", `${setting}=0`]);
}

/**
 * udev makes the device writable for everybody, and each box's way out runs as an ordinary user. A machine
 * without udev, such as a small virtual one, has it as the kernel made it: for root alone.
 */
function openTunnelDevice() {
  const device = "/dev/net/tun";
  if (process.getuid?.() !== 0 || !existsSync(device)) return;
  if ((statSync(device).mode & 0o006) === 0o006) return;
  say(`${device} is closed to ordinary users; boxes reach the network through it: opening it`);
  chmodSync(device, 0o666);
}

function installNpmPackages() {
  // By content: a checkout gives files the time of the checkout.
  const marker = "node_modules/.installed-from";
  const wanted = createHash("sha256").update(readFileSync("package-lock.json")).digest("hex");
  if (existsSync(marker) && readFileSync(marker, "utf8") === wanted) return;
  say("installing npm packages (npm ci)");
  run(["npm", "ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"]);
  writeFileSync(marker, wanted);
}

function buildBoxd() {
  const program = "native/boxd/build/boxd";
  const sources = readdirSync("native/boxd")
    .filter((name) => /\.[ch]$|^Makefile$/.test(name))
    .map((name) => join("native/boxd", name));
  const newest = Math.max(...sources.map((path) => statSync(path).mtimeMs));
  if (existsSync(program) && statSync(program).mtimeMs >= newest) return;
  say("compiling boxd");
  run(["make", "--silent", "-C", "native/boxd"]);
}

/** The Action and the package run what is compiled; in a checkout the sources run as they are. */
function compile() {
  if (existsSync("dist/action/main.js") && !existsSync(".git")) return;
  say("compiling TypeScript");
  run(["npx", "--no-install", "tsc", "-p", "tsconfig.build.json"]);
}

function onPath(program) {
  return process.env.PATH.split(delimiter).some((folder) => existsSync(join(folder, program)));
}

/** Output goes to stderr, so that `npm run demo -- --json` prints nothing but its document. */
function run([program, ...args], options = {}) {
  const { status, error } = spawnSync(program, args, { stdio: ["ignore", 2, 2], ...options });
  if (error) fail(`${program} could not be started: ${error.message}`);
  if (status !== 0) fail(`${program} ${args.join(" ")} failed with exit code ${status}.`);
}

function say(text) {
  process.stderr.write(`setup: ${text}\n`);
}

function fail(text) {
  say(text);
  process.exit(1);
}
