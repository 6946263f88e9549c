// node scripts/screenshots.mjs: pictures of every page into screenshots/ (which git ignores): desktop, phone, dark,
// Arabic. The walks through the pages are tests; with this variable they take pictures, too.
import { join } from "node:path";
import { prepare, root, runTool } from "./setup.mjs";

prepare();
process.exit(
  runTool(
    "vitest/vitest.mjs",
    ["run", "test/browser/screens.slow.test.ts", "test/browser/console-ceremony.slow.test.ts"],
    {
      env: { ...process.env, PSEPHOS_SCREENSHOTS: join(root, "screenshots") },
    },
  ),
);
