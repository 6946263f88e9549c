/** Certificates as they are given to a server: those that serve, those that do not, and renewed ones. */
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type TLSSocket } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readTls, renewTls } from "./tls.js";

let base: string;
const file = (name: string): string => join(base, name);

function makeCertificate(name: string): void {
  const made = spawnSync("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"],
    ...["-subj", `/CN=${name}`, "-addext", "subjectAltName=DNS:localhost"],
    ...["-out", file(`${name}.pem`), "-keyout", file(`${name}.key`)],
  ]);
  if (made.status !== 0) throw new Error(String(made.stderr));
}

beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), "psephos-tls-"));
  makeCertificate("one");
  makeCertificate("two");
});
afterAll(() => rmSync(base, { recursive: true }));

const files = (cert: string, key: string) => ({ certFile: file(cert), keyFile: file(key) });

test("what does not serve is said in a sentence", () => {
  expect(readTls(files("one.pem", "one.key")).minVersion).toBe("TLSv1.2");
  expect(() => readTls(files("none.pem", "one.key"))).toThrow("there is no such file");
  expect(() => readTls(files("one.pem", "two.key"))).toThrow("not that of the certificate");
  writeFileSync(file("text.pem"), "a certificate");
  expect(() => readTls(files("text.pem", "one.key"))).toThrow("they are not PEM");
});

async function nameAt(server: Server): Promise<string> {
  const { port } = server.address() as AddressInfo;
  const socket: TLSSocket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const { CN } = socket.getPeerCertificate().subject;
  socket.destroy();
  return String(CN);
}

test("a renewed certificate is taken without a restart; a faulty one is told of, and the old one stays", async () => {
  const [certFile, keyFile] = [file("now.pem"), file("now.key")];
  const put = (cert: string, key: string, age: number): void => {
    for (const [from, to] of [
      [cert, certFile],
      [key, keyFile],
    ] as const) {
      copyFileSync(file(from), to);
      utimesSync(to, age, age);
    }
  };
  put("one.pem", "one.key", 1000);
  const server = createServer({ ...readTls({ certFile, keyFile }) });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const problems: (string | null)[] = [];
  const end = renewTls(server, { certFile, keyFile }, (problem) => problems.push(problem), 10);
  const told = async (count: number): Promise<void> => {
    while (problems.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  try {
    expect(await nameAt(server)).toBe("one");
    put("two.pem", "one.key", 2000);
    await told(1);
    expect(problems.at(-1)).toContain("not that of the certificate");
    expect(await nameAt(server)).toBe("one");
    put("two.pem", "two.key", 3000);
    while (problems.at(-1) !== null) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await nameAt(server)).toBe("two");
  } finally {
    end();
    server.close();
  }
});
