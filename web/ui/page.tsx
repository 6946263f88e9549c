/** One page: title of the window, heading (which takes the focus after a navigation), content. */
import { type ReactNode, useEffect, useRef } from "react";
import { useWords } from "./words.js";

interface PageProps {
  readonly title: string;
  readonly lead?: ReactNode;
  /** Above the heading: steps, a way back. */
  readonly above?: ReactNode;
  readonly children?: ReactNode;
  /** `wide` for tables and charts. */
  readonly width?: "text" | "wide";
}

// The first page of a visit leaves the focus where browsers put it; later ones move it to their heading.
let pagesShown = 0;

export function Page({ title, lead, above, children, width = "text" }: PageProps) {
  const words = useWords();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} – ${words.common.name}`;
  }, [title, words]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new title is a new page or step.
  useEffect(() => {
    if (pagesShown++ === 0) return;
    heading.current?.focus();
    scrollTo(0, 0);
  }, [title]);
  return (
    <article className={`page ${width}`}>
      {above}
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {lead === undefined ? null : <div className="lead">{typeof lead === "string" ? <p>{lead}</p> : lead}</div>}
      {children}
    </article>
  );
}
