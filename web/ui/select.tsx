/** A native list to choose from: the best there is on phones, and it needs no script to open. */
import { useId } from "react";

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
  const about = [description === undefined ? "" : `${own}-d`, error === undefined ? "" : `${own}-e`].join(" ").trim();
  return (
    <div className="field">
      <label htmlFor={id ?? own} className={hideLabel ? "unseen" : undefined}>
        {label}
      </label>
      {description === undefined ? null : (
        <p className="description" id={`${own}-d`}>
          {description}
        </p>
      )}
      <select
        id={id ?? own}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        {...(about === "" ? {} : { "aria-describedby": about })}
        {...(error === undefined ? {} : { "aria-invalid": true })}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value} {...(option.lang ? { lang: option.lang } : {})}>
            {option.label}
          </option>
        ))}
      </select>
      {error === undefined ? null : (
        <p className="error" id={`${own}-e`}>
          {error}
        </p>
      )}
    </div>
  );
}
