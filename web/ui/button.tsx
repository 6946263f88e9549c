import type { ReactNode } from "react";
import { Button as AriaButton } from "react-aria-components/Button";

export interface ButtonProps {
  readonly children: ReactNode;
  readonly variant?: "primary" | "secondary" | "danger";
  readonly onPress?: () => void;
  /** Work is under way: the button stays in place and takes no further press. What goes on is said by a status beside it. */
  readonly isPending?: boolean;
  readonly isDisabled?: boolean;
  readonly type?: "button" | "submit";
  readonly id?: string;
  readonly "aria-label"?: string;
  readonly autoFocus?: boolean;
}

export function Button({ variant = "secondary", onPress, isPending = false, type = "button", ...rest }: ButtonProps) {
  return (
    <AriaButton
      className={`button ${variant}${isPending ? " pending" : ""}`}
      // A form is not sent again while its button is at work.
      type={isPending ? "button" : type}
      {...rest}
      onPress={() => {
        if (!isPending) onPress?.();
      }}
    />
  );
}
