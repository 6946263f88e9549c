import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["psephos-source"] },
  ssr: { resolve: { conditions: ["psephos-source"] } },
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: "forks",
    // By itself vitest leaves one processor unused, which is half of a small machine.
    maxWorkers: Math.max(2, availableParallelism()),
  },
});
