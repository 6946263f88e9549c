import { useId } from "react";
import { aboutField, FieldFault, FieldHint } from "./text-field.js";

export interface TextAreaProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly description?: string | undefined;
  readonly error?: string | undefined;
  readonly rows?: number;
  readonly id?: string;
  readonly name?: string;
  readonly isDisabled?: boolean;
  readonly ltr?: boolean;
  /** Language of what is typed, where it is not the page's. */
  readonly lang?: string;
}

export function TextArea(props: TextAreaProps) {
  const { label, description, error, rows = 4, ltr, id, onChange, isDisabled, ...field } = props;
  const own = useId();
  return (
    <div className="field">
      <label htmlFor={id ?? own}>{label}</label>
      <FieldHint id={own} description={description} />
      <textarea
        {...field}
        id={id ?? own}
        rows={rows}
        disabled={isDisabled}
        onChange={(event) => onChange(event.target.value)}
        {...aboutField(own, description, error)}
        {...(ltr ? { dir: "ltr", spellCheck: false } : {})}
      />
      <FieldFault id={own} error={error} />
    </div>
  );
}
