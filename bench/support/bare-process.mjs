// A Node process that does nothing but start programs when it is told to, and says how long each took.
// Starting a process takes the longer the more memory its parent has (it is a fork); so a baseline that
// is taken in the bench's own process would flatter the product. Plain JavaScript: no loader in it.
import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";

process.on("message", ({ program, args, options: { files = {}, ...options } }) => {
  const opened = Object.entries(files).map(([number, path]) => [number, openSync(path, "r")]);
  const stdio = ["pipe", "pipe", "pipe"];
  for (const [number, descriptor] of opened) {
    while (stdio.length < Number(number)) stdio.push("ignore");
    stdio[number] = descriptor;
  }
  const started = performance.now();
  const child = spawn(program, args, { ...options, stdio });
  let said = "";
  child.stdout.resume();
  child.stderr.on("data", (text) => {
    said += text;
  });
  const end = (problem) => {
    const milliseconds = performance.now() - started;
    for (const [, descriptor] of opened) closeSync(descriptor);
    process.send({ milliseconds, problem });
  };
  child.once("error", ({ message }) => end(message));
  child.once("close", (code, signal) => {
    end(code === 0 ? null : `${program} ended with ${code ?? signal}: ${said.trim()}`);
  });
});
