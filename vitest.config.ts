import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["psephos-source"] },
  ssr: { resolve: { conditions: ["psephos-source"] } },
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    // Generous: a slow machine is no fault of the code, and what hangs is told all the same.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    pool: "forks",
    // By itself vitest leaves one processor unused, which is half of a small machine.
    maxWorkers: Math.max(2, availableParallelism()),
  },
});
