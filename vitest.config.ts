import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts", "dev/**/*.test.ts"],
    // The end-to-end tests start real boxes and real git processes; two cores and a noisy
    // neighbour make them slow, not wrong.
    // Half of what the tests take they wait: for processes to end, for leases, for GitHub's pauses.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ["default", "./test/support/closing-line.ts"],
  },
});
