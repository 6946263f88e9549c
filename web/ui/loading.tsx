import { useWords } from "./words.js";

export function Loading({ label }: { label?: string }) {
  const words = useWords();
  return (
    <p className="loading" role="status">
      {label ?? words.common.loading}
    </p>
  );
}
