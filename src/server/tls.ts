/** TLS without a proxy: the two files are read and tried before the server starts, and again when they are renewed. */
import { readFileSync, statSync } from "node:fs";
import type { Server } from "node:http";
import { createSecureContext, type Server as TlsServer } from "node:tls";

export interface TlsFiles {
  /** PEM: the certificate, and those between it and a root. */
  readonly certFile: string;
  readonly keyFile: string;
}

export interface TlsOptions {
  readonly cert: string;
  readonly key: string;
  readonly minVersion: "TLSv1.2";
}

/** How often the files are looked at: certificates are renewed days before they end. */
const LOOK_MS = 60_000;

/** Throws with a sentence about what does not fit. */
export function readTls({ certFile, keyFile }: TlsFiles): TlsOptions {
  const options = {
    cert: textOf("--tls-cert", certFile),
    key: textOf("--tls-key", keyFile),
    minVersion: "TLSv1.2",
  } as const;
  try {
    createSecureContext(options);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why =
      code === "ERR_OSSL_X509_KEY_VALUES_MISMATCH"
        ? "the key is not that of the certificate"
        : `they are not PEM (${message})`;
    throw new Error(`${certFile} and ${keyFile} do not serve: ${why}.`, { cause });
  }
  return options;
}

function textOf(option: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new Error(`${option}: ${path} cannot be read: ${code === "ENOENT" ? "there is no such file" : message}.`, {
      cause,
    });
  }
}

/** Takes renewed files without a restart; faulty ones are told of, and the old ones stay. Gives how to end it. */
export function renewTls(
  server: Server,
  files: TlsFiles,
  told: (problem: string | null) => void,
  lookMs = LOOK_MS,
): () => void {
  const stateOf = (): string =>
    [files.certFile, files.keyFile].map((path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0).join();
  let seen = stateOf();
  const timer = setInterval(() => {
    const now = stateOf();
    if (now === seen) return;
    seen = now;
    try {
      (server as unknown as TlsServer).setSecureContext(readTls(files));
      told(null);
    } catch (error) {
      told((error as Error).message);
    }
  }, lookMs);
  timer.unref();
  return () => clearInterval(timer);
}
