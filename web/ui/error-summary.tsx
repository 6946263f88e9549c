/** What is wrong with a form, in one place, with a link to each field; takes the focus when it appears. */
import { useEffect, useRef } from "react";
import { useWords } from "./words.js";

export interface FormError {
  /** `id` of the field. */
  readonly id: string;
  readonly text: string;
}

export function ErrorSummary({ errors }: { errors: readonly FormError[] }) {
  const words = useWords();
  const box = useRef<HTMLDivElement>(null);
  const said = errors.map(({ text }) => text).join("\n");
  useEffect(() => {
    if (said !== "") box.current?.focus();
  }, [said]);
  if (errors.length === 0) return null;
  return (
    <div className="notice bad" role="alert" tabIndex={-1} ref={box}>
      <h2>{words.common.errorsTitle}</h2>
      <ul>
        {errors.map(({ id, text }) => (
          <li key={id + text}>
            <a
              href={`#${id}`}
              onClick={(event) => {
                event.preventDefault();
                document.getElementById(id)?.focus();
              }}
            >
              {text}
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}
