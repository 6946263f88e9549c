/** What commands that talk to a server share: its address, and signing in. */
import type { Command } from "commander";
import { ApiError, createHttp, type Http, platformRandom } from "#client/http.js";
import type { Signer } from "#client/officer.js";
import { signIn } from "#client/session.js";
import { anchorOf } from "#client/voter.js";
import { type CodeOptions, readIdentity } from "./code.js";
import { CommandError } from "./terminal.js";

export interface ServerOptions {
  readonly url: string;
}

export const DEFAULT_URL = "http://127.0.0.1:8080";

/** Adds the option that says where the server is. */
export function withServer(command: Command): Command {
  return command.option(
    "--url <address>",
    "address of the server (else PSEPHOS_URL)",
    process.env.PSEPHOS_URL ?? DEFAULT_URL,
  );
}

export function httpOf(options: ServerOptions): Http {
  return createHttp({ url: options.url, cookies: true });
}

/** Signs an officer in. */
export async function officerOf(
  options: ServerOptions & CodeOptions,
): Promise<{ http: Http; signer: Signer; organisation: string }> {
  const http = httpOf(options);
  const identity = await readIdentity(options, "officer");
  const { actor } = await signIn(http, identity, platformRandom).catch((error: unknown) => {
    if (!(error instanceof ApiError && error.status === 401)) throw error;
    throw new CommandError(
      `This code is no officer's at ${http.url}. Check that it is your code as an officer (a voter's or a trustee's is another), and the address.`,
    );
  });
  if (actor?.kind !== "officer") throw new CommandError(`This code is no officer's at ${http.url}.`);
  const { chainId } = await anchorOf(http);
  return {
    http,
    signer: { identity, chainId, random: platformRandom },
    organisation: actor.organisation,
  };
}
