/** Letters on paper as the printer gets them: one page of A4 for each voter, in every language, with long names and marks. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test, vi } from "vitest";
import { psephos } from "../command.js";
import { capability, launch } from "./kit.js";

// Short on a machine of its own; on a busy one it must not fail for that.
vi.setConfig({ testTimeout: 240_000 });

const directory = mkdtempSync(join(tmpdir(), "psephos-print-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test.skipIf(!capability("chromium"))("each letter is one page of A4, in five languages", async () => {
  const languages = ["en", "de", "fr", "es", "ar"];
  const long = "Maximiliane Freifrau von und zu Hohenstein-Wittelsbach-Brandenburg y García de la Vega";
  const address =
    "c/o Building Society of the Upper Town|Back Building, Staircase 4, Third Floor|Mill Lane 123|26101 Příbram";
  const lines = languages.flatMap((tag) => [`"${long}";N-${tag};"${address}";${tag}`, `"Ada";A-${tag};"";${tag}`]);
  writeFileSync(join(directory, "list.csv"), `name;external_id;address;language\n${lines.join("\n")}\n`);
  const made = await psephos([
    ...["letters", "make", join(directory, "list.csv"), "--out", join(directory, "batch")],
    ...["--organisation", "Association of the Inhabitants of the Upper and the Lower Town of Příbram"],
    ...["--address", "https://vote.very-long-name-of-a-town.example.org", "--chain-id", "pribram-town-council"],
    ...["--fingerprint", "9qLk0Yw3m0bPz5rZ1cQ8s7tUeVfWgXhYiZjAkBlCmD0"],
  ]);
  expect([made.exitCode, made.stdout]).toEqual([0, expect.stringContaining("10 letters")]);
  const browser = await launch();
  try {
    const page = await browser.newPage();
    await page.goto(pathToFileURL(join(directory, "batch", "letters-0001.html")).href);
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
    expect(pdf.match(/\/Type\s*\/Page\b/g)).toHaveLength(lines.length);
    // A4 in points, as Chromium rounds it.
    const sizes = new Set(pdf.match(/\/MediaBox\s*\[[^\]]*\]/g));
    expect([...sizes]).toEqual([expect.stringMatching(/\[0 0 59[45](\.\d+)? 84[12](\.\d+)?\]/)]);
    // Nothing stands wider than the paper.
    await page.emulateMedia({ media: "print" });
    await page.setViewportSize({ width: 627, height: 1009 });
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(627);
  } finally {
    await browser.close();
  }
});
