// Asks a model once and throws the answer away; prints milliseconds to the first byte and in all, and bytes.
// Plain Node in a process of its own, as an agent's program is one.
import { request } from "node:http";

const [url, token, rounds = "1"] = process.argv.slice(2);
const body = JSON.stringify({
  model: "m",
  stream: true,
  messages: [{ role: "user", content: "x" }],
});

for (let round = 0; round < Number(rounds); round++) {
  process.stdout.write(`${JSON.stringify(await ask())}\n`);
}

function ask() {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    let first = 0;
    let bytes = 0;
    request(url, { method: "POST", headers: { "x-api-key": token } }, (response) => {
      response.on("data", (chunk) => {
        first ||= performance.now() - began;
        bytes += chunk.length;
      });
      response.on("end", () => resolve({ first, all: performance.now() - began, bytes }));
      response.on("error", reject);
    })
      .on("error", reject)
      .end(body);
  });
}
