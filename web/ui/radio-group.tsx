/** Native radio buttons in a fieldset with a legend. Never `required`: validated when the page is sent. */
import { useId } from "react";

export interface RadioOption {
  readonly value: string;
  readonly label: string;
  readonly description?: string;
}

export interface RadioGroupProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly onChange: (value: string) => void;
  readonly options: readonly RadioOption[];
  readonly description?: string | undefined;
  readonly error?: string | undefined;
  /** Where an ErrorSummary leads: the first of the buttons. */
  readonly id?: string;
  readonly lang?: string;
}

export function RadioGroup({ label, value, onChange, options, description, error, id, lang }: RadioGroupProps) {
  const own = useId();
  const about = [description === undefined ? "" : `${own}-d`, error === undefined ? "" : `${own}-e`].join(" ").trim();
  return (
    <fieldset className="field group" {...(about === "" ? {} : { "aria-describedby": about })}>
      <legend {...(lang ? { lang } : {})}>{label}</legend>
      {description === undefined ? null : (
        <p className="description" id={`${own}-d`}>
          {description}
        </p>
      )}
      {error === undefined ? null : (
        <p className="error" id={`${own}-e`}>
          {error}
        </p>
      )}
      {options.map((option, index) => (
        <div className="choice" key={option.value}>
          <label {...(lang ? { lang } : {})}>
            <input
              type="radio"
              name={own}
              id={index === 0 ? (id ?? `${own}-0`) : `${own}-${index}`}
              checked={value === option.value}
              onChange={() => onChange(option.value)}
              {...(option.description === undefined ? {} : { "aria-describedby": `${own}-${index}-d` })}
            />
            <span>{option.label}</span>
          </label>
          {option.description === undefined ? null : (
            <p className="description" id={`${own}-${index}-d`}>
              {option.description}
            </p>
          )}
        </div>
      ))}
    </fieldset>
  );
}
