import { setFailed, setOutput } from "@actions/core";
import { runAction } from "./run-action.ts";

try {
  await runAction();
} catch (error) {
  setOutput("status", "failed");
  setFailed((error as Error).message);
}
