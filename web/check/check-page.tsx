import { Page } from "../ui/page.js";
import { useWords } from "../ui/words.js";

export function CheckPage() {
  const words = useWords();
  return (
    <main id="main">
      <Page title={words.common.secondDevice}>{null}</Page>
    </main>
  );
}
