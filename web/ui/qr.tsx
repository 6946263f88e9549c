/** A QR code as one SVG path. */
import { useMemo } from "react";
import { encode } from "uqr";
import { useWords } from "./words.js";

export function Qr({ value, label }: { value: string; label: string }) {
  const words = useWords();
  const { size, path } = useMemo(() => draw(value), [value]);
  return (
    <svg className="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={words.common.qrOf(label)}>
      <rect className="qr-paper" width={size} height={size} />
      <path className="qr-ink" d={path} />
    </svg>
  );
}

function draw(value: string): { size: number; path: string } {
  const { size, data } = encode(value, { ecc: "L", border: 3 });
  let path = "";
  for (const [y, row] of data.entries()) for (const [x, dark] of row.entries()) if (dark) path += `M${x} ${y}h1v1h-1z`;
  return { size, path };
}
