import { Link } from "./link.js";
import { Page } from "./page.js";
import { useWords } from "./words.js";

export function NotFound() {
  const words = useWords();
  return (
    <Page title={words.common.notFoundTitle} lead={words.common.notFoundLead}>
      <p>
        <Link href="/">{words.common.elections}</Link>
      </p>
    </Page>
  );
}
