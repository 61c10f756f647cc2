// Runs the same small program in five languages, each in a box of its runtime.
import { Box, BoxError, type Runtime } from "box-action/box";

const go = 'package main\nimport "fmt"\nfunc main() { fmt.Println("go says", 6*7) }\n';
const programs: [Runtime, { file?: string; source?: string; command: string }][] = [
  ["node", { command: `node -e 'console.log("node says", 6 * 7)'` }],
  ["python", { command: `python3 -c 'print("python says", 6 * 7)'` }],
  ["ruby", { command: `ruby -e 'puts "ruby says #{6 * 7}"'` }],
  ["golang", { file: "main.go", source: go, command: "go run main.go" }],
  [
    "rust",
    {
      file: "main.rs",
      source: 'fn main() { println!("rust says {}", 6 * 7); }\n',
      command: "rustc -o main main.rs && ./main",
    },
  ],
];

async function run([runtime, { file, source, command }]: (typeof programs)[number]) {
  try {
    await using box = await Box.create({ runtime });
    if (file) await box.files.write({ path: file, content: source ?? "" });
    const result = await box.exec.command(command, { timeout: 120_000 });
    return `${runtime}: ${result.status}: ${result.result}`;
  } catch (error) {
    // An engine has the runtimes that its host has, and says how to get the others.
    if (!BoxError.isInstance(error)) throw error;
    return `${runtime}: ${error.message}`;
  }
}

// They are independent of each other, so all of them at once.
for (const line of await Promise.all(programs.map(run))) console.log(line);
