import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["psephos-source"] },
  ssr: { resolve: { conditions: ["psephos-source"] } },
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: "forks",
  },
});
