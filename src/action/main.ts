import { setFailed } from "@actions/core";
import { runAction } from "./run-action.ts";

try {
  await runAction();
} catch (error) {
  setFailed((error as Error).message);
}
