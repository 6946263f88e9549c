/** A native field with its label, its hint and its fault, tied together for screen readers. Validated when the page is sent. */
import { type HTMLInputAutoCompleteAttribute, useId } from "react";

export interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly description?: string | undefined;
  /** What is wrong with it; shown below and told to screen readers. */
  readonly error?: string | undefined;
  readonly type?: "text" | "email" | "password" | "number" | "search" | "datetime-local" | "url";
  /** Where an ErrorSummary leads. */
  readonly id?: string;
  readonly name?: string;
  readonly autoComplete?: HTMLInputAutoCompleteAttribute;
  readonly isDisabled?: boolean;
  readonly isReadOnly?: boolean;
  readonly maxLength?: number;
  readonly inputMode?: "text" | "numeric" | "email" | "search" | "url";
  /** Codes and addresses run from left to right in every language. */
  readonly ltr?: boolean;
  readonly className?: string;
}

export function TextField(props: TextFieldProps) {
  const { label, description, error, ltr, className, id, onChange, isDisabled, isReadOnly, ...field } = props;
  const own = useId();
  return (
    <div className={className === undefined ? "field" : `field ${className}`}>
      <label htmlFor={id ?? own}>{label}</label>
      <FieldHint id={own} description={description} />
      <input
        {...field}
        id={id ?? own}
        disabled={isDisabled}
        readOnly={isReadOnly}
        onChange={(event) => onChange(event.target.value)}
        {...aboutField(own, description, error)}
        {...(ltr ? { dir: "ltr", spellCheck: false } : {})}
      />
      <FieldFault id={own} error={error} />
    </div>
  );
}

/** What ties a field to its hint and its fault. */
export function aboutField(own: string, description: string | undefined, error: string | undefined) {
  const about = [description === undefined ? "" : `${own}-d`, error === undefined ? "" : `${own}-e`].join(" ").trim();
  return {
    ...(about === "" ? {} : { "aria-describedby": about }),
    ...(error === undefined ? {} : { "aria-invalid": true }),
  };
}

export function FieldHint({ id, description }: { id: string; description: string | undefined }) {
  if (description === undefined) return null;
  return (
    <p className="description" id={`${id}-d`}>
      {description}
    </p>
  );
}

export function FieldFault({ id, error }: { id: string; error: string | undefined }) {
  if (error === undefined) return null;
  return (
    <p className="error" id={`${id}-e`}>
      {error}
    </p>
  );
}
