/** The embedded ledger of this server: opened if it was founded, otherwise founded by set-up, once. */
import { foundLedger, type LedgerOptions, ledgerExists, openLedger } from "#ledger/embedded/open.js";
import type { Ledger } from "#ledger/ledger.js";
import type { Founding, LedgerPort } from "#ledger/port.js";

export interface LedgerNode extends LedgerPort {
  /** Resolves when there is a ledger: at once after the first start, else when set-up has founded it. */
  readonly founded: Promise<Ledger>;
  close(): Promise<void>;
}

export interface LedgerNodeOptions {
  readonly directory: string;
  /** Public half of the registration service's key, compressed. */
  readonly registrarKey: Uint8Array;
  readonly engine: LedgerOptions;
}

export async function openLedgerNode({ directory, registrarKey, engine }: LedgerNodeOptions): Promise<LedgerNode> {
  let ledger: Ledger | undefined;
  let tellFounded: (ledger: Ledger) => void = () => undefined;
  const founded = new Promise<Ledger>((resolve) => (tellFounded = resolve));
  const have = (opened: Ledger): Ledger => {
    ledger = opened;
    tellFounded(opened);
    return opened;
  };
  if (await ledgerExists(directory)) have(await openLedger(directory, engine));

  let founding: Promise<Ledger> | undefined;
  return {
    registrarKey,
    founded,
    current: () => ledger,
    create: async (by: Founding) => {
      if (ledger !== undefined || founding !== undefined) throw new Error("The ledger has been founded already.");
      founding = foundLedger(directory, { ...by, practice: false }, engine);
      try {
        return have(await founding);
      } finally {
        founding = undefined;
      }
    },
    close: async () => {
      await founding?.catch(() => undefined);
      await ledger?.close();
    },
  };
}
