import { z } from "zod";

/** Where a command, a prompt or git works. Not handed on by wire.ts: it has no name of its own there. */
export const Folder = z
  .string()
  .optional()
  .describe(
    "Where in the box: relative to /workspace/home, or absolute. Default: /workspace/home.",
  );
