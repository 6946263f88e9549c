/** Something over time as a line, and the same numbers as a table behind a disclosure. */
import { Disclosure } from "./disclosure.js";
import { Table } from "./table.js";
import { useWords } from "./words.js";

export interface LinePoint {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly value: number;
  /** How the instant is written. */
  readonly label: string;
}

export interface LineProps {
  readonly caption: string;
  readonly points: readonly LinePoint[];
  readonly names: { readonly at: string; readonly value: string };
  /** Top of the chart. */
  readonly max: number;
  /** The same numbers stand in a table beside it already. */
  readonly withoutTable?: boolean;
}

const width = 600;
const height = 200;

export function Line({ caption, points, names, max, withoutTable }: LineProps) {
  const words = useWords();
  const first = points[0]?.at ?? 0;
  const span = Math.max(1, (points.at(-1)?.at ?? 1) - first);
  const x = (at: number) => ((at - first) / span) * width;
  const y = (value: number) => height - (value / Math.max(1, max)) * height;
  const path = points.map(
    ({ at, value }, index) => `${index === 0 ? "M" : "L"}${x(at).toFixed(1)} ${y(value).toFixed(1)}`,
  );
  return (
    <figure className="line-chart">
      <figcaption>{caption}</figcaption>
      <svg viewBox={`-4 -4 ${width + 8} ${height + 8}`} aria-hidden="true" focusable="false">
        {[0, 0.25, 0.5, 0.75, 1].map((part) => (
          <line key={part} className="grid" x1="0" x2={width} y1={height * part} y2={height * part} />
        ))}
        <path className="line-area" d={points.length > 0 ? `${path.join("")}L${width} ${height}L0 ${height}Z` : ""} />
        <path className="line" d={path.join("")} />
      </svg>
      {withoutTable ? null : (
        <Disclosure title={words.common.details}>
          <Table
            caption={caption}
            hideCaption
            columns={[
              { name: names.at, cell: (row: LinePoint) => row.label, heads: true },
              { name: names.value, cell: (row: LinePoint) => String(row.value), numeric: true },
            ]}
            rows={points}
            keyOf={(_row, index) => index}
          />
        </Disclosure>
      )}
    </figure>
  );
}
