import { join } from "node:path";
import { Box, type CallOptions, type ConnectionOptions } from "../../src/box/index.ts";

/** What {@link everyCall} calls on. */
export interface Called {
  box: Box;
  /** One that never pauses. */
  kept: Box;
  connection: ConnectionOptions;
  /** A folder of this machine that downloads may go to. */
  folder: string;
}

/** Everything of the SDK that asks the service for something, streams to their end. */
export async function everyCall(
  { box, kept, connection, folder }: Called,
  options: CallOptions = {},
): Promise<Record<string, () => Promise<unknown>>> {
  const account = { ...connection, ...options };
  const run = await box.exec.command("true").catch(() => undefined);
  return {
    getStatus: () => box.getStatus(options),
    pause: () => box.pause(options),
    resume: () => box.resume(options),
    getInitCommand: () => kept.getInitCommand(options),
    setInitCommand: () => kept.setInitCommand("x", options),
    deleteInitCommand: () => kept.deleteInitCommand(options),
    configureModel: () => box.configureModel("m", options),
    configureCustomHarness: () => box.configureCustomHarness({ command: "x" }, options),
    updateNetworkPolicy: () => box.updateNetworkPolicy({ mode: "deny-all" }, options),
    "labels.add": () => box.labels.add("a", options),
    "labels.remove": () => box.labels.remove("a", options),
    "labels.list": () => box.labels.list(options),
    "skills.add": () => box.skills.add("a/b/c", options),
    "skills.remove": () => box.skills.remove("a/b/c", options),
    "skills.list": () => box.skills.list(options),
    logs: () => box.logs(options),
    listRuns: () => box.listRuns(options),
    cd: () => box.cd("x", options),
    snapshot: () => box.snapshot({ name: "a", ...options }),
    listSnapshots: () => box.listSnapshots(options),
    deleteSnapshot: () => box.deleteSnapshot("a", options),
    getPublicURL: () => box.getPublicURL(80, options),
    listPublicURLs: () => box.listPublicURLs(options),
    deletePublicURL: () => box.deletePublicURL(80, options),
    "schedule.exec": () => box.schedule.exec({ cron: "* * * * *", command: ["x"], ...options }),
    "schedule.agent": () => box.schedule.agent({ cron: "* * * * *", prompt: "x", ...options }),
    "schedule.list": () => box.schedule.list(options),
    "schedule.get": () => box.schedule.get("x", options),
    "schedule.update": () => box.schedule.update("x", options),
    "schedule.pause": () => box.schedule.pause("x", options),
    "schedule.resume": () => box.schedule.resume("x", options),
    "schedule.delete": () => box.schedule.delete("x", options),
    "exec.command": () => box.exec.command("x", options),
    "exec.stream": async () => drain(await box.exec.stream("x", options)),
    "exec.code": () => box.exec.code({ lang: "js", code: "x", ...options }),
    "exec.streamCode": async () =>
      drain(await box.exec.streamCode({ lang: "js", code: "x", ...options })),
    "exec.session": async () => drain(await box.exec.session({ cmd: "x", ...options })),
    "agent.run": () => box.agent.run({ prompt: "x", ...options }),
    "agent.run with a webhook": () =>
      box.agent.run({ prompt: "x", webhook: { url: "https://example.com" }, ...options }),
    "agent.stream": async () => drain(await box.agent.stream({ prompt: "x", ...options })),
    "files.read": () => box.files.read("a", options),
    "files.write": () => box.files.write({ path: "a", content: "", ...options }),
    "files.list": () => box.files.list(".", options),
    "files.stat": () => box.files.stat("a", options),
    "files.mkdir": () => box.files.mkdir("a", options),
    "files.rename": () => box.files.rename("a", "b", options),
    "files.remove": () => box.files.remove("a", options),
    "files.upload": () => box.files.upload([{ content: "", destination: "a" }], options),
    "files.download": () =>
      box.files.download({ destination: join(folder, "download"), ...options }),
    "git.clone": () => box.git.clone({ repo: "github.com/a/b", ...options }),
    "git.diff": () => box.git.diff(options),
    "git.status": () => box.git.status(options),
    "git.commit": () => box.git.commit({ message: "x", ...options }),
    "git.push": () => box.git.push(options),
    "git.createPR": () => box.git.createPR({ title: "x", ...options }),
    "git.exec": () => box.git.exec({ args: ["status"], ...options }),
    "git.checkout": () => box.git.checkout({ branch: "x", ...options }),
    "git.updateConfig": () => box.git.updateConfig({ userName: "x", ...options }),
    "run.logs": async () => run?.logs(options),
    "run.cancel": async () => run?.cancel(options),
    delete: () => box.delete(options),
    "Box.get": () => Box.get(box.id, account),
    "Box.list": () => Box.list(account),
    "Box.delete": () => Box.delete(box.id, account),
    "Box.setEnv": () => Box.setEnv("A", "b", account),
    "Box.listEnv": () => Box.listEnv(account),
    "Box.deleteEnv": () => Box.deleteEnv("A", account),
    "Box.setAllEnv": () => Box.setAllEnv({}, account),
    "Box.deleteSnapshots": () => Box.deleteSnapshots(account),
    "Box.fromSnapshot": () => Box.fromSnapshot("a", account),
    "Box.create": () => Box.create(account),
  };
}

async function drain(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of stream);
}
