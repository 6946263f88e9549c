/** `/board/blocks/:height`: one block of the ledger. */
import { Asked, useAsk } from "../ui/ask.js";
import { Code } from "../ui/code.js";
import { Disclosure } from "../ui/disclosure.js";
import { useHttp } from "../ui/http.js";
import { Instant } from "../ui/instant.js";
import { Link } from "../ui/link.js";
import { Page } from "../ui/page.js";
import { useRoomWords } from "../ui/room-words.js";
import { Table } from "../ui/table.js";
import { Bytes } from "./ballot-page.js";
import { Hex } from "./election-page.js";
import type { Block } from "./types.js";

type Transaction = Block["transactions"][number];

export function BlockPage({ height }: { height: string }) {
  const { board } = useRoomWords();
  const http = useHttp();
  const ask = useAsk(`${http.url} ${height}`, () => http.request<Block>(`/ledger/blocks/${height}`));
  return (
    <Page title={board.blockTitle(Number(height))} above={<Link href="/">{board.title}</Link>}>
      <Asked ask={ask}>
        {(block) => (
          <>
            <p>
              <Instant value={block.time} />
            </p>
            <Code label={board.root} value={block.root} />
            <Table
              caption={board.transactions}
              columns={[
                { name: board.identifier, cell: ({ id }: Transaction) => <Hex value={id} />, heads: true },
                { name: board.kind, cell: ({ type }: Transaction) => <bdi dir="ltr">{type}</bdi> },
                {
                  name: board.refused,
                  cell: ({ rejection }: Transaction) => <bdi dir="ltr">{rejection ?? "–"}</bdi>,
                },
              ]}
              rows={block.transactions}
              keyOf={({ id }, index) => `${id} ${index}`}
            />
            {block.transactions.slice(0, 50).map(({ id, bytes }) => (
              <Disclosure key={id} title={`${board.bytes} ${id.slice(0, 16)}…`}>
                <Bytes label={`${board.bytes} ${id.slice(0, 16)}`} text={bytes} />
              </Disclosure>
            ))}
            <Disclosure title={board.header}>
              <Bytes label={board.header} text={block.header} />
            </Disclosure>
            <Disclosure title={board.evidence}>
              <Bytes label={board.evidence} text={block.evidence} />
            </Disclosure>
          </>
        )}
      </Asked>
    </Page>
  );
}
