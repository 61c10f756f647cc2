// Takes files of this machine into a box, works on them there, and brings the result back.
//
//   npx tsx examples/file-upload.ts FILE_OR_DIRECTORY
import { basename, resolve } from "node:path";
import { Box } from "box-action/box";

const source = process.argv[2] ?? "examples";

await using box = await Box.create({ runtime: "node" });

// A file, a directory with all that is below it, or content that is not in a file.
await box.files.upload([
  { path: source, destination: `input/${basename(resolve(source))}` },
  { content: "find input -type f -exec wc -c {} + > output/sizes.txt\n", destination: "count.sh" },
]);
for (const { name, is_dir } of await box.files.list("input")) {
  console.log(`uploaded ${name}${is_dir ? "/" : ""}`);
}

await box.files.mkdir("output");
const run = await box.exec.command("sh count.sh");
if (run.status === "failed") throw new Error(run.stderr);

console.log(await box.files.read("output/sizes.txt"));

// The folder in the box; without a destination it would be ./output.
await box.files.download({ folder: "output", destination: "box-output" });
console.log("The result is in ./box-output.");
