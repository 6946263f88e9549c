/** A native checkbox: what browsers and screen readers know best. */
import { useId } from "react";

export interface CheckboxProps {
  readonly label: string;
  readonly isSelected: boolean;
  readonly onChange: (selected: boolean) => void;
  readonly description?: string | undefined;
  readonly isDisabled?: boolean;
  readonly id?: string;
  /** Language of the label, where it is not the page's. */
  readonly lang?: string;
}

export function Checkbox({ label, isSelected, onChange, description, isDisabled, id, lang }: CheckboxProps) {
  const own = useId();
  const descriptionId = `${own}-description`;
  return (
    <div className="choice">
      <label {...(lang ? { lang } : {})}>
        <input
          type="checkbox"
          id={id ?? own}
          checked={isSelected}
          disabled={isDisabled}
          onChange={(event) => onChange(event.target.checked)}
          {...(description === undefined ? {} : { "aria-describedby": descriptionId })}
        />
        <span>{label}</span>
      </label>
      {description === undefined ? null : (
        <p className="description" id={descriptionId}>
          {description}
        </p>
      )}
    </div>
  );
}
