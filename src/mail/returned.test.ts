import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { utf8 } from "#base/bytes.js";
import { openFolder } from "./folder.js";
import { type Returned, readReturned } from "./returned.js";

const id = "0123456789abcdef0123456789abcdef";

/** As Postfix writes them (RFC 3464). */
const report = (action: string, status: string, envelope = `Original-Envelope-Id: ${id}\n`) => `Return-Path: <>
From: MAILER-DAEMON@mx.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status;
	boundary="B"
MIME-Version: 1.0

--B
Content-Type: text/plain

I could not deliver your message.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
${envelope}
Final-Recipient: rfc822; ada@x.org
Action: ${action}
Status: ${status}
Diagnostic-Code: smtp; 550 no such user

--B
Content-Type: text/rfc822-headers

Subject: Vote
Message-ID:
	<${id}@votes.example>
--B--
`;
const copy = `Received: by mx\nMessage-ID: <${id}@votes.example>\nSubject: Vote\n\nHello\n`;

test.each<[string, string, Returned | undefined]>([
  ["a failure", report("failed", "5.1.1"), { id, event: "bounced", status: "5.1.1" }],
  ["a delivery", report("delivered", "2.0.0"), { id, event: "delivered", status: "2.0.0" }],
  ["a passing on", report("relayed", "2.0.0"), { id, event: "accepted", status: "2.0.0" }],
  ["a delay: no news", report("delayed", "4.4.1"), undefined],
  [
    "a report without envelope id, known by the headers",
    report("failed", "5.1.1", ""),
    { id, event: "bounced", status: "5.1.1" },
  ],
  ["a report with CRLF", report("failed", "5.1.1").replaceAll("\n", "\r\n"), { id, event: "bounced", status: "5.1.1" }],
  ["a report about a letter of others", report("failed", "5.1.1").replaceAll(id, "not-ours"), undefined],
  ["a copy", copy, { id, event: "accepted", status: undefined }],
  [
    "an answer that quotes the letter",
    `Subject: Re: Vote\nMessage-ID: <x@y>\n\n> Message-ID: <${id}@votes.example>\n`,
    undefined,
  ],
  ["nothing", "", undefined],
])("reads %s", (_what, text, expected) => {
  expect(readReturned(utf8(text))).toEqual(expected);
});

test("whatever bytes come, reading never throws", () => {
  const part = fc.oneof(fc.constant(report("failed", "5.1.1")), fc.constant(copy), fc.string());
  fc.assert(
    fc.property(fc.array(part), fc.uint8Array(), (parts, noise) => {
      readReturned(Buffer.concat([utf8(parts.join("\n")), noise]));
    }),
  );
});

const directory = mkdtempSync(join(tmpdir(), "psephos-folder-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test("a maildir: each message once; one that could not be settled is read again", async () => {
  const maildir = join(directory, "maildir");
  mkdirSync(join(maildir, "new"), { recursive: true });
  writeFileSync(join(maildir, "new", "1.a"), copy);
  writeFileSync(join(maildir, "new", "2.b"), report("failed", "5.1.1"));
  const folder = openFolder(maildir);
  await expect(folder.read(() => Promise.reject(new Error("database away")))).rejects.toThrow("database away");
  const seen: string[] = [];
  const settle = async (returned: Returned) => void seen.push(returned.event);
  await folder.read(settle);
  await folder.read(settle);
  expect(seen).toEqual(["accepted", "bounced"]);
  expect(readdirSync(join(maildir, "cur")).sort()).toEqual(["1.a:2,S", "2.b:2,S"]);
});

test("an mbox: read when it has changed", async () => {
  const mbox = join(directory, "mbox");
  const folder = openFolder(mbox);
  await expect(folder.read(async () => undefined)).rejects.toThrow(/cannot be read/);
  writeFileSync(mbox, `From a@b Tue\n${copy}\nFrom a@b Wed\n${report("failed", "5.1.1")}`);
  const seen: string[] = [];
  const settle = async (returned: Returned) => void seen.push(returned.event);
  await folder.read(settle);
  await folder.read(settle);
  expect(seen).toEqual(["accepted", "bounced"]);
});
