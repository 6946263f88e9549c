/** A link inside the site, without a new start of the page. */
import type { ReactNode } from "react";
import { Link as RouterLink } from "wouter";

interface LinkProps {
  readonly href: string;
  readonly children: ReactNode;
  /** `button`: looks like the main action of a page. */
  readonly variant?: "button" | "secondary";
  readonly current?: boolean;
}

export function Link({ href, children, variant, current }: LinkProps) {
  const look = variant === "button" ? "button primary" : variant === "secondary" ? "button secondary" : undefined;
  return (
    <RouterLink href={href} {...(look ? { className: look } : {})} {...(current ? { "aria-current": "page" } : {})}>
      {children}
    </RouterLink>
  );
}
