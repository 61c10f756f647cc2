import { expect, it } from "vitest";
import { detectTests } from "../../src/core/detect-tests.ts";

const withScript = (test: unknown) => JSON.stringify({ scripts: { test } });

it.each<[string, string[], string | null, string | null]>([
  ["a test script", ["package.json"], withScript("node --test"), "npm test"],
  [
    "npm's placeholder",
    ["package.json"],
    withScript('echo "Error: no test specified" && exit 1'),
    null,
  ],
  ["an empty script", ["package.json"], withScript(""), null],
  ["a script that is no text", ["package.json"], withScript(7), null],
  ["no scripts", ["package.json"], "{}", null],
  ["a package.json that is not JSON", ["package.json", "go.mod"], "{", "go test ./..."],
  ["a package.json that is null", ["package.json"], "null", null],
  ["pytest's configuration", ["pytest.ini"], null, "python3 -m pytest"],
  ["a Cargo manifest", ["Cargo.toml", "src"], null, "cargo test"],
  ["a test script beside others", ["go.mod", "package.json"], withScript("x"), "npm test"],
  ["nothing", [], null, null],
])("%s", (_title, names, packageJson, command) => {
  expect(detectTests(names, packageJson)).toBe(command);
});
