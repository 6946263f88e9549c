/** The start of the site: words of the chosen language first, then the pages. */
import { createRoot } from "react-dom/client";
import "./ui/base.css";
import { App } from "./routes.js";
import { applyDisplay } from "./ui/display.js";
import { initialLanguage, loadWords, WordsProvider } from "./ui/words.js";

applyDisplay();
const language = initialLanguage();
const words = await loadWords(language);
const root = document.getElementById("root");
if (root !== null)
  createRoot(root).render(
    <WordsProvider language={language} words={words}>
      <App />
    </WordsProvider>,
  );
