import { createRoot } from "react-dom/client";
import "../ui/base.css";
import { applyDisplay } from "../ui/display.js";
import { initialLanguage, loadWords, WordsProvider } from "../ui/words.js";
import { CheckPage } from "./check-page.js";

applyDisplay();
const language = initialLanguage();
const words = await loadWords(language);
const root = document.getElementById("root");
if (root !== null)
  createRoot(root).render(
    <WordsProvider language={language} words={words}>
      <CheckPage />
    </WordsProvider>,
  );
