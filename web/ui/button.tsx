import type { ReactNode } from "react";
import { Button as AriaButton } from "react-aria-components/Button";

export interface ButtonProps {
  readonly children: ReactNode;
  readonly variant?: "primary" | "secondary" | "danger";
  readonly onPress?: () => void;
  /** Work is under way: the button stays in place and takes no further press. */
  readonly isPending?: boolean;
  readonly isDisabled?: boolean;
  readonly type?: "button" | "submit";
  readonly id?: string;
  readonly "aria-label"?: string;
  readonly autoFocus?: boolean;
}

export function Button({ variant = "secondary", onPress, ...rest }: ButtonProps) {
  return (
    <AriaButton
      className={`button ${variant}`}
      {...rest}
      {...(onPress === undefined ? {} : { onPress: () => onPress() })}
    />
  );
}
