/** Something to be noticed: announced when it appears, and marked by more than its colour. */
import type { ReactNode } from "react";

export interface NoticeProps {
  readonly kind: "info" | "good" | "warn" | "bad";
  readonly title: string;
  readonly children?: ReactNode;
}

const marks = { info: "i", good: "✓", warn: "!", bad: "×" } as const;

export function Notice({ kind, title, children }: NoticeProps) {
  return (
    <div className={`notice ${kind}`} role={kind === "bad" ? "alert" : "status"}>
      <h2>
        <span className="notice-mark" aria-hidden="true">
          {marks[kind]}
        </span>
        {title}
      </h2>
      {children}
    </div>
  );
}
