/** A native list to choose from: the best there is on phones, and it needs no script to open. */
import { useId } from "react";
import { aboutField, FieldFault, FieldHint } from "./text-field.js";

export interface SelectOption {
  readonly value: string;
  readonly label: string;
  readonly lang?: string;
}

export interface SelectProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly options: readonly SelectOption[];
  readonly description?: string | undefined;
  readonly error?: string | undefined;
  readonly hideLabel?: boolean;
  readonly id?: string;
}

export function Select({ label, value, onChange, options, description, error, hideLabel, id }: SelectProps) {
  const own = useId();
  return (
    <div className="field">
      <label htmlFor={id ?? own} className={hideLabel ? "unseen" : undefined}>
        {label}
      </label>
      <FieldHint id={own} description={description} />
      <select
        id={id ?? own}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        {...aboutField(own, description, error)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value} {...(option.lang ? { lang: option.lang } : {})}>
            {option.label}
          </option>
        ))}
      </select>
      <FieldFault id={own} error={error} />
    </div>
  );
}
