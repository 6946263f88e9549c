/** A code in groups of few characters, always from left to right, with a button that copies it whole. */
import { useState } from "react";
import { Button } from "./button.js";
import { useWords } from "./words.js";

export interface CodeProps {
  readonly value: string;
  readonly label: string;
  readonly group?: number;
  /** Without a copy button: on paper, in tables. */
  readonly plain?: boolean;
}

export function groupsOf(value: string, size: number): string[] {
  const groups: string[] = [];
  for (let at = 0; at < value.length; at += size) groups.push(value.slice(at, at + size));
  return groups;
}

export function Code({ value, label, group = 4, plain }: CodeProps) {
  const words = useWords();
  const [copied, setCopied] = useState(false);
  const copy = () => {
    void navigator.clipboard.writeText(value).then(() => setCopied(true));
  };
  return (
    <div className="code-box">
      <p className="code-label">{label}</p>
      <p className="code" dir="ltr">
        {groupsOf(value, group).map((part, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: groups have no name but their place.
          <span key={index}>{part}</span>
        ))}
      </p>
      {plain ? null : (
        <>
          <Button onPress={copy} aria-label={`${words.common.copy}: ${label}`}>
            {words.common.copy}
          </Button>
          <span className="copied" role="status">
            {copied ? words.common.copied : ""}
          </span>
        </>
      )}
    </div>
  );
}
