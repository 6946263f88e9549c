import { FieldError } from "react-aria-components/FieldError";
import { Label } from "react-aria-components/Label";
import { Text } from "react-aria-components/Text";
import { TextArea as AriaTextArea } from "react-aria-components/TextArea";
import { TextField as AriaTextField } from "react-aria-components/TextField";

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
}

export function TextArea({ label, description, error, rows = 4, ltr, ...field }: TextAreaProps) {
  return (
    <AriaTextField className="field" {...field} isInvalid={error !== undefined} validationBehavior="aria">
      <Label>{label}</Label>
      {description === undefined ? null : <Text slot="description">{description}</Text>}
      <AriaTextArea rows={rows} {...(ltr ? { dir: "ltr", spellCheck: false } : {})} />
      <FieldError>{error}</FieldError>
    </AriaTextField>
  );
}
