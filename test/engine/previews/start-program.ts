import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Box } from "../../../src/box/index.ts";

const MODULES = join(import.meta.dirname, "../../../node_modules/ws");

/** Puts the web program into a box and starts it on a port; what it says is in `<port>.log`. */
export async function startProgram(box: Box, port: number, address?: string): Promise<void> {
  const path = join(import.meta.dirname, "web-program.mjs");
  await box.files.write({ path: "web-program.mjs", content: await readFile(path, "utf8") });
  const library = (await readdir(join(MODULES, "lib"))).map((name) => `lib/${name}`);
  for (const name of ["package.json", "wrapper.mjs", "index.js", ...library]) {
    const content = await readFile(join(MODULES, name), "utf8");
    await box.files.write({ path: `ws/${name}`, content });
  }
  await start(box, port, `node web-program.mjs ${port} ${address ?? ""}`, "listening");
}

/** Starts a program in the background of a box, and waits for the words that it says when it is ready. */
export async function start(box: Box, port: number, command: string, words: string): Promise<void> {
  const { exitCode, stderr } = await box.exec.command(
    `${command} >${port}.log 2>&1 & until grep -q '${words}' ${port}.log; do kill -0 $! || exit 1; sleep 0.02; done`,
  );
  if (exitCode !== 0)
    throw new Error(`${command}: ${stderr} ${await box.files.read(`${port}.log`)}`);
}
