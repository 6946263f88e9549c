/** Counts as a chart that is a table: every row has its bar, its words and its number together. */

import { useRoomWords } from "../ui/room-words.js";
import { Table } from "../ui/table.js";

export interface CountRow {
  readonly label: string;
  readonly value: number;
}

export interface CountsProps {
  readonly caption: string;
  readonly rows: readonly CountRow[];
  /** Length of a full bar, and what the percentages are of. */
  readonly of: number;
}

export function Counts({ caption, rows, of }: CountsProps) {
  const { board } = useRoomWords();
  const percent = (value: number) => (of === 0 ? "0" : ((100 * value) / of).toFixed(1));
  return (
    <Table
      caption={caption}
      columns={[
        {
          name: board.answer,
          heads: true,
          cell: ({ label, value }: CountRow) => (
            <>
              <bdi>{label}</bdi>
              <svg
                className="board-bar"
                viewBox="0 0 100 4"
                preserveAspectRatio="none"
                aria-hidden="true"
                focusable="false"
              >
                <rect className="bar-track" width="100" height="4" />
                <rect className="bar" width={Math.min(100, (100 * value) / Math.max(1, of))} height="4" />
              </svg>
            </>
          ),
        },
        {
          name: board.votes,
          numeric: true,
          cell: ({ value }: CountRow) => `${value} (${board.share(percent(value))})`,
        },
      ]}
      rows={rows}
      keyOf={({ label }, index) => `${index} ${label}`}
    />
  );
}
