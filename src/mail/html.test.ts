import { expect, test } from "vitest";
import { htmlOf } from "./html.js";

test("E-08: what a letter says stays text; only addresses become links", () => {
  const html = htmlOf(
    'Vote on "<img src=x onerror=alert(1)>"\nNow\n\nhttps://votes.example/a?b=1&c="><script>\n',
    "en",
  );
  expect(html).toContain("&lt;img src=x onerror=alert(1)&gt;&quot;<br>\nNow");
  expect(html).toContain('<a href="https://votes.example/a?b=1&amp;c="');
  expect(html).not.toMatch(/<(img|script)/);
  expect(html).not.toMatch(/(src|url\()\s*=?\s*["']?http/);
});

test("letters in Arabic run from right to left", () => {
  expect(htmlOf("مرحبا", "ar")).toContain('<html lang="ar" dir="rtl">');
  expect(htmlOf("Hallo", "de")).toContain('<html lang="de" dir="ltr">');
});
