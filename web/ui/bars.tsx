/** A bar chart, and the same numbers as a table: the chart itself is hidden from screen readers. */
import { Table } from "./table.js";

export interface BarRow {
  readonly label: string;
  readonly value: number;
  /** How the value is written; the number itself where it is absent. */
  readonly text?: string;
}

export interface BarsProps {
  readonly caption: string;
  readonly rows: readonly BarRow[];
  readonly names: { readonly label: string; readonly value: string };
  /** Full length of a bar; the largest value where it is absent. */
  readonly max?: number;
}

export function Bars({ caption, rows, names, max }: BarsProps) {
  const full = Math.max(1, max ?? Math.max(...rows.map(({ value }) => value), 0));
  return (
    <figure className="bars">
      <svg viewBox={`0 0 100 ${rows.length * 12}`} aria-hidden="true" focusable="false" preserveAspectRatio="none">
        {rows.map((row, index) => (
          <g key={row.label}>
            <rect className="bar-track" x="0" y={index * 12 + 2} width="100" height="8" rx="1" />
            <rect className="bar" x="0" y={index * 12 + 2} width={(row.value / full) * 100} height="8" rx="1" />
          </g>
        ))}
      </svg>
      <Table
        caption={caption}
        columns={[
          { name: names.label, cell: (row: BarRow) => row.label, heads: true },
          { name: names.value, cell: (row: BarRow) => row.text ?? String(row.value), numeric: true },
        ]}
        rows={rows}
        keyOf={(row) => row.label}
      />
    </figure>
  );
}
