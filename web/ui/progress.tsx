/** How far long work is. The number is in words, too, and announced by the browser's own element. */
export interface ProgressProps {
  readonly label: string;
  readonly value: number | undefined;
  readonly max?: number;
}

export function Progress({ label, value, max = 100 }: ProgressProps) {
  return (
    <div className="progress">
      <p>{label}</p>
      <progress aria-label={label} max={max} {...(value === undefined ? {} : { value })} />
    </div>
  );
}
