import type { HTMLInputAutoCompleteAttribute } from "react";
import { FieldError } from "react-aria-components/FieldError";
import { Input } from "react-aria-components/Input";
import { Label } from "react-aria-components/Label";
import { Text } from "react-aria-components/Text";
import { TextField as AriaTextField } from "react-aria-components/TextField";

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
  readonly autoFocus?: boolean;
  readonly maxLength?: number;
  readonly inputMode?: "text" | "numeric" | "email" | "search" | "url";
  /** Codes and addresses run from left to right in every language. */
  readonly ltr?: boolean;
  readonly className?: string;
}

export function TextField(props: TextFieldProps) {
  const { label, description, error, ltr, className, ...field } = props;
  return (
    <AriaTextField
      className={`field ${className ?? ""}`}
      {...field}
      isInvalid={error !== undefined}
      validationBehavior="aria"
    >
      <Label>{label}</Label>
      {description === undefined ? null : <Text slot="description">{description}</Text>}
      <Input {...(ltr ? { dir: "ltr" } : {})} spellCheck={ltr ? false : undefined} />
      <FieldError>{error}</FieldError>
    </AriaTextField>
  );
}
