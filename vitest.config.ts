import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts", "dev/**/*.test.ts"],
    // The end-to-end tests start real boxes and real git processes; two cores and a noisy
    // neighbour make them slow, not wrong.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ["default", "./test/support/closing-line.ts"],
  },
});
